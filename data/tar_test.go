package data

import (
	"archive/tar"
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
)

// entry is a file of a tar to be written.
type entry struct {
	name    string
	content []byte
}

// tarOf writes a tar of plain files; names that end in a slash are folders.
func tarOf(t testing.TB, format tar.Format, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, e := range entries {
		h := &tar.Header{Name: e.name, Mode: 0o644, Size: int64(len(e.content)), Format: format}
		if strings.HasSuffix(e.name, "/") {
			h.Typeflag = tar.TypeDir
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(e.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// someEntries have sizes about a block and a name too long for a plain header.
func someEntries() []entry {
	entries := []entry{{"folder/", nil}, {"folder/" + strings.Repeat("long/", 30) + "name.jpg", []byte("long")}}
	for i, size := range []int{0, 1, 511, 512, 513, 1025} {
		entries = append(entries, entry{string(rune('a'+i)) + ".jpg", bytes.Repeat([]byte{byte(1 + i)}, size)})
	}
	return entries
}

func TestMembersAreWhereTheIndexSays(t *testing.T) {
	const before, behind = 700, 300
	for _, format := range []tar.Format{tar.FormatPAX, tar.FormatGNU} {
		entries := someEntries()
		content := tarOf(t, format, entries...)
		size := int64(len(content))
		content = append(make([]byte, before), append(content, make([]byte, behind)...)...)
		all, err := members(t.Context(), bytes.NewReader(content), before, size)
		if err != nil {
			t.Fatal(err)
		}
		files := entries[1:]
		if len(all) != len(files) {
			t.Fatalf("%v: %d members, want %d", format, len(all), len(files))
		}
		for i, m := range all {
			if !strings.HasSuffix(files[i].name, m.name) || strings.Contains(m.name, "/") ||
				!bytes.Equal(content[m.at:m.at+m.size], files[i].content) {
				t.Errorf("%v: %s is not %s at %d", format, m.name, files[i].name, m.at)
			}
		}
	}
}

func TestTarCutOffAnywhereIsRefused(t *testing.T) {
	whole := tarOf(t, tar.FormatPAX, someEntries()...)
	for n := range len(whole) {
		_, err := members(t.Context(), bytes.NewReader(whole[:n]), 0, int64(n))
		wantError(t, "cut", err, "the archive is cut off at byte ")
	}
	if _, err := members(t.Context(), bytes.NewReader(whole), 0, int64(len(whole))); err != nil {
		t.Error(err)
	}
}

func TestTarRefusesWhatIsNoPlainFile(t *testing.T) {
	link := func(kind byte) []byte {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		if err := w.WriteHeader(&tar.Header{Name: "x/link.jpg", Typeflag: kind, Linkname: "a.jpg"}); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	flipped := tarOf(t, tar.FormatPAX, entry{"a.jpg", []byte("a")}, entry{"b.jpg", nil})
	flipped[1024+3] ^= 1
	for _, c := range []struct {
		name    string
		content []byte
		want    string
	}{
		{"symbolic link", link(tar.TypeSymlink), "x/link.jpg is not a plain file"},
		{"hard link", link(tar.TypeLink), "x/link.jpg is not a plain file"},
		{"twice", tarOf(t, tar.FormatPAX, entry{"a/1.jpg", nil}, entry{"b/1.jpg", nil}), "1.jpg is in it twice"},
		{"flipped bit", flipped, "damaged at byte 1536: archive/tar: invalid tar header"},
		{"no tar", bytes.Repeat([]byte("<html>"), 500), "damaged at byte 512: "},
	} {
		_, err := members(t.Context(), bytes.NewReader(c.content), 0, int64(len(c.content)))
		wantError(t, c.name, err, c.want)
	}
}

// What the index finds is what reading the whole archive finds.
func FuzzMembers(f *testing.F) {
	few := []entry{{"folder/", nil}, {"folder/a.jpg", []byte("a")}, {"b.jpg", nil}}
	good := tarOf(f, tar.FormatPAX, few...)
	f.Add(good)
	f.Add(tarOf(f, tar.FormatGNU, entry{strings.Repeat("long/", 30) + "c.jpg", []byte("c")}))
	f.Add(good[:len(good)-600])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, content []byte) {
		all, err := members(t.Context(), bytes.NewReader(content), 0, int64(len(content)))
		if err != nil {
			return
		}
		r := tar.NewReader(bytes.NewReader(content))
		for {
			h, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if h.Typeflag != tar.TypeReg {
				continue
			}
			want, err := io.ReadAll(r)
			if err != nil || len(all) == 0 {
				t.Fatalf("%s: %v, not in the index", h.Name, err)
			}
			m := all[0]
			all = all[1:]
			if m.size != h.Size || !bytes.Equal(content[m.at:m.at+m.size], want) {
				t.Fatalf("%s: not the content of %s", m.name, h.Name)
			}
		}
		if len(all) > 0 {
			t.Errorf("%d members too many", len(all))
		}
	})
}

func TestMembersThatAreNoImagesOrHiddenArePassedOver(t *testing.T) {
	a := &archive{wrote: 7}
	files := a.images([]member{{"b.JPEG", 9, 3}, {"._b.JPEG", 1, 1}, {"readme.txt", 2, 2}, {"a.png", 5, 4}})
	want := []file{{name: "a.png", at: 5, size: 4, wrote: 7}, {name: "b.JPEG", at: 9, size: 3, wrote: 7}}
	if !slices.Equal(files, want) {
		t.Errorf("%v", files)
	}
}
