package pack

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/amdim/amdim/internal/npy"
	"github.com/amdim/amdim/internal/regular"
)

// npyFile is an array with so many bytes behind the header.
func npyFile(kind string, bytes int, shape ...int) string {
	return string(npy.Header{Type: kind, Shape: shape}.Bytes()) + strings.Repeat("\x00", bytes)
}

// rows are those of an index, and of labels.
func rows(shape []int, numbers ...int64) string {
	b := npy.Header{Type: npy.Int64, Shape: shape}.Bytes()
	for _, n := range numbers {
		b = binary.LittleEndian.AppendUint64(b, uint64(n))
	}
	return string(b)
}

// small is a pack of two images of 1×1 px and one that could not be read.
var small = map[string]string{
	"pack.json": `{"format": 1, "spec": "folder:x", "side": 0, "classes": ["a", "b"], "splits": [{
		"name": "train", "images": 3, "bytes": 6, "source_digest": "", "digest": "", "names_digest": "",
		"unreadable": [{"index": 1, "name": "n", "error": "torn"}]}]}`,
	"train.images.npy": npyFile(npy.Uint8, 6, 6),
	"train.index.npy":  rows([]int{3, 3}, 0, 1, 1, 3, 0, 0, 3, 1, 1),
	"train.labels.npy": rows([]int{3}, 0, -1, 1),
	"train.names.npy":  npyFile("|S2", 6, 3),
}

// spoilt is small with one file changed; an empty text removes it.
func spoilt(t testing.TB, name, text string) string {
	t.Helper()
	dir := t.TempDir()
	for n, content := range small {
		if n == name {
			content = text
		}
		if content == "" {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, n), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestOpenNamesTheFileThatIsWrong(t *testing.T) {
	manifest := func(old, with string) string { return strings.Replace(small["pack.json"], old, with, 1) }
	for _, c := range []struct{ file, text, want string }{
		{"", "", ""},
		{"train.images.npy", npyFile(npy.Uint8, 6, 2, 1, 1, 3), ""},
		{"train.images.npy", "", "no such file"},
		{"train.images.npy", strings.Repeat("\x00", 134), "not an NPY file"},
		{"train.images.npy", npyFile(npy.Uint8, 5, 6), "cut off"},
		{"train.images.npy", npyFile(npy.Uint8, 7, 7), `7 bytes of "|u1", pack.json says 6`},
		{"train.images.npy", npyFile("|i1", 6, 6), `6 bytes of "|i1"`},
		{"train.images.npy", strings.Replace(small["train.images.npy"], "False", "True ", 1), "Fortran order"},
		{"train.index.npy", rows([]int{2, 3}, 0, 1, 1, 3, 1, 1), "need [3 3]"},
		{"train.index.npy", npyFile("<i4", 36, 3, 3), `need [3 3] of "<i8"`},
		{"train.index.npy", rows([]int{3, 3}, 0, 1, 1, 3, 0, 0, 4, 1, 1), "row 2: 1×1 px at byte 4, there are 6"},
		{"train.index.npy", rows([]int{3, 3}, -1, 1, 1, 3, 0, 0, 3, 1, 1), "row 0: 1×1 px at byte -1"},
		{"train.index.npy", rows([]int{3, 3}, 0, 1, 0, 3, 0, 0, 3, 1, 1), "row 0: 1×0 px"},
		{"train.index.npy", rows([]int{3, 3}, 0, 1<<62, 1<<62, 3, 0, 0, 3, 1, 1), "row 0: "},
		{"train.index.npy", rows([]int{3, 3}, 0, 1, 1, 3, 0, 0, 3, 0, 0), "row 2: 0×0 px, and pack.json differs"},
		{"train.labels.npy", rows([]int{3}, 0, -1, 2), "row 2: label 2, need −1 to 1"},
		{"train.labels.npy", rows([]int{3}, -2, 1, 1), "row 0: label -2"},
		{"train.labels.npy", rows([]int{4}, 0, 1, 1, 1), "need [3]"},
		{"train.names.npy", npyFile("<U2", 24, 3), `of "<U2"`},
		{"train.names.npy", npyFile("|S2", 4, 2), "an array [2]"},
		{"pack.json", "", "amdim data pack writes it"},
		{"pack.json", "{", "pack.json: "},
		{"pack.json", manifest(`"format": 1`, `"format": 2`), "format 2, this program reads 1"},
		{"pack.json", manifest(`"side"`, `"sied"`), `"sied"`},
		{"pack.json", manifest(`"side": 0`, `"side": 0, "side": 1`), `"side" twice`},
		{"pack.json", manifest(`"name": "train"`, `"name": "../x"`), `a split "../x"`},
		{"pack.json", manifest(`"name": "train"`, `"name": "test"`), "no split train"},
		{"pack.json", manifest(`"index": 1`, `"index": 3`), "unreadable image 3"},
		{"pack.json", manifest(`"images": 3`, `"images": -3`), "-3 images"},
		{"pack.json", manifest(`"images": 3`, `"images": 9223372036854775807`), "need [9223372036854775807 3]"},
		{"pack.json", manifest(`"b"`, `"b", "b"`), ""},
	} {
		_, err := Open(spoilt(t, c.file, c.text))
		switch {
		case c.want == "" && err == nil:
		case err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") ||
			c.file != "pack.json" && !strings.Contains(err.Error(), c.file):
			t.Errorf("%s %.60q: %v, want %q", c.file, c.text, err, c.want)
		}
	}
	_, err := Open(filepath.Join(t.TempDir(), "none"))
	if err == nil || !strings.Contains(err.Error(), "none: no such") {
		t.Error(err)
	}
}

func TestOpenOfAFileSaysSo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "letter.txt")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := Open(path)
	if err == nil || !strings.Contains(err.Error(), path+": it is a file; name the folder") {
		t.Errorf("error %v", err)
	}
}

// A file cut while it is in use is an error of the images that it held.
func TestAPackCutInUseIsAnError(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a mapped file cannot be cut here")
	}
	for _, what := range []string{"images", "index", "labels"} {
		dir := whole(t, square(), square())
		p, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		s, _ := p.Split("train")
		path := arrayPath(dir, "train", what)
		if err := os.Truncate(path, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Image(7); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", what, err)
		}
		if l := s.Label(7); l < -1 || l > 1 {
			t.Errorf("%s: label %d", what, l)
		}
	}
}

// sparse is a pack of n black images of 256×341 px that takes no room on the disk
// but for the index.
func sparse(t *testing.T, n int) string {
	t.Helper()
	const h, w = 256, 341
	dir, bytes := t.TempDir(), int64(n)*h*w*3
	m := Manifest{Format: FormatVersion, Splits: []Part{{Name: "train", Images: n, Bytes: bytes}}}
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	index := npy.Header{Type: npy.Int64, Shape: []int{n, 3}}.Bytes()
	for i := range n {
		for _, v := range []int{i * h * w * 3, h, w} {
			index = binary.LittleEndian.AppendUint64(index, uint64(v))
		}
	}
	for what, head := range map[string]npy.Header{
		"images": {Type: npy.Uint8, Shape: []int{int(bytes)}},
		"labels": {Type: npy.Int64, Shape: []int{n}},
		"names":  {Type: npy.Text(40), Shape: []int{n}},
	} {
		path, size := arrayPath(dir, "train", what), int64(head.Item())
		for _, k := range head.Shape {
			size *= int64(k)
		}
		if err := os.WriteFile(path, head.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(path, headerBytes+size); err != nil {
			t.Skip("no file of this size here: ", err)
		}
	}
	// every label is 0: a class is needed
	text = []byte(strings.Replace(string(text), `"classes":null`, `"classes":["one"]`, 1))
	for path, content := range map[string][]byte{
		arrayPath(dir, "train", "index"): index, filepath.Join(dir, manifestName): text,
	} {
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// ImageNet's 1.28 million images, 335 GB of pixels, take no memory until they are
// asked for.
func TestAPackOfAnySizeTakesNoMemory(t *testing.T) {
	const n = 1_281_167
	if runtime.GOOS == "windows" {
		t.Skip("files are not sparse here unless asked for")
	}
	dir := sparse(t, n)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	p, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	s, _ := p.Split("train")
	if s.Len() != n || s.Label(n-1) != 0 || s.Name(n-1) != "" {
		t.Errorf("%d images, label %d", s.Len(), s.Label(n-1))
	}
	if taken := after.TotalAlloc - before.TotalAlloc; taken > 2<<20 {
		t.Errorf("opening allocated %d bytes", taken)
	}
	if taken := int64(after.Sys) - int64(before.Sys); taken > 16<<20 {
		t.Errorf("opening took %d bytes from the system", taken)
	}
	for _, i := range []int{0, n / 2, n - 1} {
		img, err := s.Image(i)
		if err != nil || img.H != 256 || img.W != 341 {
			t.Errorf("image %d: %d×%d, %v", i, img.H, img.W, err)
		}
	}
}

// Whatever the files hold, opening and reading end without a panic.
func FuzzOpen(f *testing.F) {
	f.Add(small["pack.json"], small["train.images.npy"], small["train.index.npy"], small["train.labels.npy"],
		small["train.names.npy"])
	f.Fuzz(func(t *testing.T, manifest, images, index, labels, names string) {
		dir := t.TempDir()
		for name, content := range map[string]string{
			"pack.json": manifest, "train.images.npy": images, "train.index.npy": index,
			"train.labels.npy": labels, "train.names.npy": names,
		} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		p, err := Open(dir)
		if err != nil {
			return
		}
		s, ok := p.Split("train")
		if !ok {
			t.Fatal("opened without a split")
		}
		for i := range s.Len() {
			img, err := s.Image(i)
			if err != nil {
				t.Fatal(err)
			}
			if _, hole := s.Hole(i); !hole {
				img.Check()
			}
			if l := s.Label(i); l < -1 || l >= len(s.Classes()) {
				t.Fatalf("label %d of %d", l, len(s.Classes()))
			}
			s.Name(i)
		}
		s.Verify(context.Background(), nil)
	})
}

func TestAManifestIsARegularFile(t *testing.T) {
	if err := readJSON(os.DevNull, new(Manifest)); !errors.As(err, new(regular.Error)) {
		t.Error(err)
	}
}
