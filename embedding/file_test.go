package embedding

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/amdim/amdim/internal/regular"
)

func TestLoadGivesBackWhatWasSaved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "photos.npy")
	for _, name := range []string{"b/ü \n\".jpg", "not Unicode \xff.png", "<a&b>.gif"} {
		s := small()
		s.Names[1], s.Model.Images = name, "folder:"+name
		if err := s.Save(path); err != nil { // over the one before
			t.Fatal(err)
		}
		got, err := Load(path)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, s) {
			t.Errorf("loaded %+v, saved %+v", got, s)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); len(left) != 3 {
		t.Errorf("files %q, want 3", left)
	}
}

// As the first versions that kept them wrote it.
func TestTextsThatAreNotUTF8AreStoredAsBefore(t *testing.T) {
	const line = "{\"name\":\"a\uFFFD\",\"bytes\":\"Yf8=\"}\n"
	var b bytes.Buffer
	if err := (&Set{Names: []string{"a\xff"}}).writeNames(&b); err != nil || b.String() != line {
		t.Errorf("%v: %s", err, b.String())
	}
	s := &Set{}
	if err := s.readNames(strings.NewReader(line)); err != nil || s.Names[0] != "a\xff" || s.Versions != nil {
		t.Errorf("%v: %+v", err, s)
	}
	other := &Set{}
	if err := other.readNames(strings.NewReader(`{"name":"a","version":7,"tag":"x"}`)); err != nil {
		t.Errorf("what another tool added: %v", err)
	}
	const file = `{"model":{"px":64,"images":"folder:caf\ufffd","images_bytes":"Zm9sZGVyOmNhZuk="},"rows":1}`
	o, err := readOrigin(strings.NewReader(file), int64(len(file)))
	if err != nil || o.Model != (Origin{Px: 64, Images: "folder:caf\xe9"}) {
		t.Fatalf("%v: %+v", err, o)
	}
	const model = `{"checkpoint":"","px":64,"n_rkhs":0,"step":0,"engine":"","images":"folder:caf\ufffd",` +
		`"split":"","images_bytes":"Zm9sZGVyOmNhZuk="}`
	if text, err := json.Marshal(o.Model); err != nil || string(text) != model {
		t.Errorf("%v: %s", err, text)
	}
}

// The bytes were made by NumPy 1.24.2: numpy.save of float32 [[1, -2, .5], [3, 0, 1]].
func TestTheFileIsThatOfNumPy(t *testing.T) {
	want, err := hex.DecodeString("934e554d505901007600" +
		"7b276465736372273a20273c6634272c2027666f727472616e5f6f72646572273a" +
		"2046616c73652c20277368617065273a2028322c2033292c207d" + strings.Repeat("20", 58) + "0a" +
		"0000803f000000c00000003f00004040000000000000803f")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := writeNPY(&b, []float32{1, -2, 0.5, 3, 0, 1}, 3); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), want) {
		t.Errorf("wrote\n%x, NumPy\n%x", b.Bytes(), want)
	}
	x, dim, err := readNPY(bytes.NewReader(want), int64(len(want)))
	if err != nil || dim != 3 || !reflect.DeepEqual(x, []float32{1, -2, 0.5, 3, 0, 1}) {
		t.Errorf("read %v of %d, %v", x, dim, err)
	}
}

const npyMagic = "\x93NUMPY"

// npyFile is a file of version 1 or 2 with a header and 24 bytes of numbers.
func npyFile(version byte, header string) string {
	length := string([]byte{byte(len(header)), 0})
	if version == 2 {
		length += "\x00\x00"
	}
	return npyMagic + string([]byte{version, 0}) + length + header + strings.Repeat("\x00", 24)
}

var headers = []struct {
	file string
	want string // of the error; empty: none
}{
	{npyFile(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }  \n"), ""},
	{npyFile(2, `{"shape":(3,2,),"fortran_order":False,"descr":"<f4"}`), ""},
	{npyFile(1, "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }"), `"<f8": need '<f4'`},
	{npyFile(1, "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }"), "Fortran order"},
	{npyFile(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (6,), }"), "two sizes"},
	{npyFile(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2, 3), }"), "two sizes"},
	{npyFile(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 3), }"), "two sizes"},
	{npyFile(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 4), }"), "cut off"},
	{npyFile(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2147483647, 2147483647), }"), "cut off"},
	{npyFile(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999, 3), }"), "cut off"},
	{npyFile(1, "{'descr': '<f4', 'fortran_order': False, }"), "missing"},
	{npyFile(1, "{'descr': '<f4', 'descr': '<f4', 'shape': (2, 3)}"), `"descr" twice`},
	{npyFile(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), 'x': 1}"), "a key descr"},
	{npyFile(1, "{'descr': '<f4' 'fortran_order': False}"), "a comma"},
	{npyFile(1, "{'descr': '<f4"), "closing quote"},
	{npyFile(1, ""), "expected {"},
	{npyFile(3, "{}"), "NPY format 3.0"},
	{npyMagic + "\x02\x00\xff\xff\xff\xff", "header of 4294967295 bytes"},
	{npyMagic + "\x01\x00\x40\x00{", "cut off"},
	{"\x89PNG", "not an NPY file"},
	{"", "not an NPY file"},
}

func TestReadNPYTakesWhatItCanHold(t *testing.T) {
	for _, c := range headers {
		_, _, err := readNPY(strings.NewReader(c.file), int64(len(c.file)))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%q: error %v, want %q", c.file, err, c.want)
		}
	}
}

func TestLoadNamesTheFileThatIsWrong(t *testing.T) {
	save := func(dir string) string {
		path := filepath.Join(dir, "photos.npy")
		if err := small().Save(path); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, c := range []struct {
		name  string // of the file that is changed, or removed when text is empty
		text  string
		want  string
		loads bool
	}{
		{"photos.npy", "", "photos.npy: " + syscall.ENOENT.Error(), false},
		{"photos.npy", "text", "photos.npy: not an NPY file", false},
		{"photos.npy", headers[0].file, "from another set", false},
		{"photos.npy", headers[1].file, "from another set", false},
		{"photos.jsonl", "", "photos.npy: photos.jsonl, which names its images, belongs beside it", false},
		{"photos.jsonl", `{"name": "a"}` + "\n" + `{"name": "b"}`, "photos.jsonl: not the file", false},
		{"photos.jsonl", "{\"name\": \"a\"}\nb\n", "photos.jsonl: line 2: not a JSON object", false},
		{"photos.jsonl", "{\"file\": \"a\"}\n", `line 1: no "name"`, false},
		{"photos.json", "{}{}", "text follows", false},
		{"photos.json", `{"a": 1}`, "photos.json: not the origin", false},
		{"photos.json", `{"model": {"a": 1}}`, `json: unknown field "a"`, false},
		{"photos.json", "", "", true},
	} {
		path := save(t.TempDir())
		file := filepath.Join(filepath.Dir(path), c.name)
		err := os.Remove(file)
		if c.text != "" {
			err = os.WriteFile(file, []byte(c.text), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
		_, err = Load(path)
		if c.loads != (err == nil) || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %q: error %v, want %q", c.name, c.text, err, c.want)
		}
	}
}

func TestCheckPathTellsBeforeTheWork(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "photos.npy")
	if err := CheckPath(path, false); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left %v", left)
	}
	if err := CheckPath(filepath.Join(dir, "none", "x.npy"), false); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing folder: %v", err)
	}
	if err := CheckPath(filepath.Join(dir, "x.txt"), false); err == nil ||
		!strings.Contains(err.Error(), ".npy") {
		t.Errorf("wrong ending: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "photos.json"), []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	var there *fs.PathError
	if err := CheckPath(path, false); !errors.Is(err, fs.ErrExist) || !errors.As(err, &there) ||
		there.Path != filepath.Join(dir, "photos.json") {
		t.Errorf("somebody's file: %v", err)
	}
	if err := CheckPath(path, true); err != nil {
		t.Error(err)
	}
}

func TestSaveThatFailsLeavesTheOldFiles(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "photos.npy")
	if err := small().Save(path); err != nil {
		t.Fatal(err)
	}
	before, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	s := small()
	s.X[0] = 9
	third := filepath.Join(dir, "none", "photos.json") // cannot be written
	if err := s.save(files{path, filepath.Join(dir, "photos.jsonl"), third}); err == nil {
		t.Fatal("no error")
	}
	if after, err := Load(path); err != nil || !reflect.DeepEqual(before, after) {
		t.Errorf("%v, %+v", err, after)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 3 {
		t.Errorf("files %v, %v", left, err)
	}
}

// A set is loaded between any two steps of Save.
func TestNoSetIsLoadedWithTheOriginOfAnother(t *testing.T) {
	old, s := small(), small()
	old.Model.Checkpoint, old.Names[0], old.X[0] = "cd34", "old.png", 9
	for _, over := range []*Set{nil, old} {
		path := filepath.Join(t.TempDir(), "photos.npy")
		if over != nil {
			if err := over.Save(path); err != nil {
				t.Fatal(err)
			}
		}
		f, err := filesOf(path)
		if err != nil {
			t.Fatal(err)
		}
		written, err := s.write(f)
		if err != nil {
			t.Fatal(err)
		}
		for i, next := range written {
			if err := next.Commit(); err != nil {
				t.Fatal(err)
			}
			got, err := Load(path)
			if last := i == 2; last != (err == nil) || last && !reflect.DeepEqual(got, s) {
				t.Errorf("%d files are in place: loaded %+v, %v", i+1, got, err)
			}
		}
	}
}

func TestSaveTouchesNoOtherFile(t *testing.T) {
	mine := filepath.Join(t.TempDir(), "photos.npy.tmp")
	if err := os.WriteFile(mine, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := small().Save(strings.TrimSuffix(mine, ".tmp")); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(mine); err != nil || string(text) != "mine" {
		t.Errorf("%s holds %q, %v", mine, text, err)
	}
}

func TestOnlyARegularFileIsLoaded(t *testing.T) {
	if _, err := readFile(os.DevNull, nil); !errors.As(err, new(regular.Error)) {
		t.Error(err)
	}
}

func TestSetsSavedAtOnceAreNotMixed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "photos.npy")
	var sets [2]*Set
	for i := range sets {
		sets[i] = &Set{Dim: 2}
		for j := range 5 + i {
			sets[i].Names = append(sets[i].Names, fmt.Sprint(i, j))
			sets[i].X = append(sets[i].X, float32(i), float32(j))
		}
	}
	if err := sets[0].Save(path); err != nil {
		t.Fatal(err)
	}
	var working sync.WaitGroup
	for _, s := range sets {
		working.Go(func() {
			for range 40 {
				if err := s.Save(path); err != nil {
					t.Error(err)
				}
				if got, err := Load(path); err != nil || got.Len() != 5 && got.Len() != 6 {
					t.Errorf("%+v, %v", got, err)
				}
			}
		})
	}
	working.Wait()
}

func TestFilesOfTwoSetsAreTorn(t *testing.T) {
	dir := t.TempDir()
	path, other := filepath.Join(dir, "a.npy"), filepath.Join(dir, "b.npy")
	for i, p := range []string{path, other} {
		s := small()
		s.X[0] += float32(i)
		if err := s.Save(p); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Rename(other, path); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path); !errors.Is(err, ErrTorn) {
		t.Error(err)
	}
}
