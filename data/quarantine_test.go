package data

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// listed is a list of some images of a folder.
func listed(t testing.TB, f *Folder, indices ...int) *Quarantine {
	t.Helper()
	q := &Quarantine{Spec: "folder:x", Digest: f.Digest(), Images: f.Len(), Left: []LeftOut{}}
	for _, i := range indices {
		q.Left = append(q.Left, LeftOut{
			Index: i, Name: f.Name(i), Reason: NearDuplicate, Of: "b/<2>.png", HeldOut: true, Distance: 0.125,
		})
	}
	return q
}

func fivePhotographs(t testing.TB) *Folder {
	t.Helper()
	f, err := OpenFolder(photographs(t, "a/0.png", "a/1.png", "b/2.png", "b/3.png", "b/é \"4\".png"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func readText(t testing.TB, text string) (*Quarantine, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "list.json")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return ReadQuarantine(path)
}

func TestQuarantineReadsWhatItWrote(t *testing.T) {
	f := fivePhotographs(t)
	for _, q := range []*Quarantine{listed(t, f), listed(t, f, 0), listed(t, f, 1, 2, 4)} {
		text := q.Encode()
		got, err := readText(t, string(text))
		if err != nil || !reflect.DeepEqual(got, q) {
			t.Errorf("%+v, %v, want %+v\n%s", got, err, q, text)
		}
		if lines := bytes.Count(text, []byte{'\n'}); lines != 8+len(q.Left) {
			t.Errorf("%d lines of %d images", lines, len(q.Left))
		}
	}
}

func TestQuarantineLeavesOutItsImages(t *testing.T) {
	f := fivePhotographs(t)
	set, err := listed(t, f, 1, 4).Without(f)
	if err != nil {
		t.Fatal(err)
	}
	if got := names(set); !slices.Equal(got, []string{"a/0.png", "b/2.png", "b/3.png"}) {
		t.Errorf("left are %q", got)
	}
	if got := labels(set); !slices.Equal(got, []int{0, 1, 1}) || !slices.Equal(set.Classes(), f.Classes()) {
		t.Errorf("labels %v of %q", got, set.Classes())
	}
	other, err := listed(t, f, 1).Without(f)
	if err != nil || other.Digest() == set.Digest() || other.Digest() == f.Digest() {
		t.Errorf("digests of other images are the same, %v", err)
	}
	reasons := listed(t, f, 1, 4)
	reasons.Left[0].Reason, reasons.Left[1].Of = ExactCopy, "another"
	if same, err := reasons.Without(f); err != nil || same.Digest() != set.Digest() {
		t.Errorf("the digest depends on the reasons, %v", err)
	}
	if whole, err := listed(t, f).Without(f); err != nil || whole != Dataset(f) {
		t.Errorf("without nothing is %T, %v", whole, err)
	}
}

func TestQuarantineIsForItsDataAlone(t *testing.T) {
	f := fivePhotographs(t)
	for _, c := range []struct {
		name   string
		change func(q *Quarantine)
		want   string
	}{
		{"other digest", func(q *Quarantine) { q.Digest = "ab" }, "was made for folder:x (5 images, digest ab"},
		{"other number", func(q *Quarantine) { q.Images = 6 }, "not for these (5 images"},
		{"other name", func(q *Quarantine) { q.Left[0].Name = "x.png" },
			`image 1 is "a/1.png", the list says "x.png"`},
		{"beyond the end", func(q *Quarantine) { q.Left[1].Index = 5 }, "index 5: the data has images 0 to 4"},
		{"all", func(q *Quarantine) { *q = *listed(t, f, 0, 1, 2, 3, 4) }, "leaves out all: 5 images"},
	} {
		q := listed(t, f, 1, 4)
		c.change(q)
		_, err := q.Without(f)
		wantError(t, c.name, err, c.want)
	}
}

func TestReadQuarantineNamesTheFault(t *testing.T) {
	good := string(listed(t, fivePhotographs(t), 1, 4).Encode())
	for _, c := range []struct{ name, from, to, want string }{
		{"no JSON", good, "Dear Sir", "not a JSON object"},
		{"empty", good, "", "not a JSON object"},
		{"cut off", "]\n}", "", "ends too early"},
		{"cut off within", `"reason"`, "", "invalid character"},
		{"newer", `"version": 1`, `"version": 2, "groups": 3`, "version 2, this program reads 1"},
		{"no version", ` "version": 1,`, "", `no "version"`},
		{"no list", ",\n \"left_out\"", ",\n \"leftout\"", `unknown name "leftout"`},
		{"no digest", `"digest"`, `"data"`, `name "data" twice`},
		{"null", `"images": 5`, `"images": null`, `"images" is null`},
		{"text for a number", `"index":1`, `"index":"1"`, `entry 1 of left_out: "index"`},
		{"unknown key", `"held_out":true`, `"heldout":true`, `entry 1 of left_out: unknown name "heldout"`},
		{"no name", `"name":"a/1.png",`, "", `entry 1 of left_out: no "name"`},
		{"unknown reason", `"near duplicate"`, `"ugly"`, `reason "ugly", need "exact copy"`},
		{"negative", `"index":1`, `"index":-1`, "index -1"},
		{"beyond the end", `"index":4`, `"index":5`, "index 5: the data has images 0 to 4"},
		{"twice", `"index":4`, `"index":1`, "index 1 after 1"},
		{"more behind it", "]\n}", "]\n} {}", "after the end"},
	} {
		text := strings.Replace(good, c.from, c.to, 1)
		if text == good {
			t.Fatalf("%s: nothing was changed", c.name)
		}
		_, err := readText(t, text)
		wantError(t, c.name, err, "quarantine list", "list.json", c.want)
	}
	_, err := ReadQuarantine(filepath.Join(t.TempDir(), "none.json"))
	wantError(t, "no file", err, "none.json")
}

// FuzzReadQuarantine: a list that is accepted is in order, within the data, and
// reads the same after it was written.
func FuzzReadQuarantine(f *testing.F) {
	f.Add(listed(f, fivePhotographs(f), 0, 3).Encode())
	f.Add([]byte(`{"version":1,"digest":"","images":1,"left_out":[` +
		`{"index":0,"name":"\ud800","reason":"unreadable"}]}`))
	f.Add([]byte(`{"version":1,"digest":"","images":-1,"left_out":[null]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		q, err := parseQuarantine(text)
		if err != nil {
			return
		}
		for k, l := range q.Left {
			if l.Index < k || l.Index >= q.Images {
				t.Fatalf("entry %d is image %d of %d", k, l.Index, q.Images)
			}
		}
		again, err := parseQuarantine(q.Encode())
		if err != nil || !reflect.DeepEqual(again, q) {
			t.Fatalf("%+v became %+v, %v", q, again, err)
		}
	})
}
