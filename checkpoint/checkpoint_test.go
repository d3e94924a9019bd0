package checkpoint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/graph"
)

// arrays is a Target in memory; the order of names is fixed.
type arrays struct {
	names []string
	v     map[string][]float32
}

func (a *arrays) Each(f func(name string, v []float32) error) error {
	for _, n := range a.names {
		if err := f(n, a.v[n]); err != nil {
			return err
		}
	}
	return nil
}

func (a *arrays) Set(name string, v []float32) error {
	copy(a.v[name], v)
	return nil
}

var testVars = []graph.Var{
	{Name: "stem.weight", Shape: []int{3, 2}, Trainable: true},
	{Name: "bn.mean", Shape: []int{2}},
}

// testArrays holds a weight with its moments and a running statistic, with the
// values that text formats lose.
func testArrays() *arrays {
	nan := math.Float32frombits(0x7fc12345)
	return &arrays{
		names: []string{"stem.weight", "stem.weight#m", "stem.weight#t", "bn.mean"},
		v: map[string][]float32{
			"stem.weight":   {1, -2, 3e-45, 4, 5, float32(math.Copysign(0, -1))},
			"stem.weight#m": {0, 1, 2, 3, 4, float32(math.Inf(1))},
			"stem.weight#t": {7},
			"bn.mean":       {nan, 1e38},
		},
	}
}

func bitsOf(a *arrays) string {
	s := ""
	for _, n := range a.names {
		for _, x := range a.v[n] {
			s += fmt.Sprintf("%s %08x\n", n, math.Float32bits(x))
		}
	}
	return s
}

func testMeta() Meta {
	return Meta{
		Format: FormatVersion, Code: "abc", Engine: "ref", RNG: 1,
		Seed: math.MaxUint64, Step: 12, Epoch: 1, Batch: 2,
		Config: json.RawMessage(`{"model":{"px":32}}`),
		Data:   Data{Spec: "shapes", Digest: "d1", Images: 10, Classes: 3},
		Preprocessing: Preprocessing{
			Size: 32, Resize: 40, Mean: [3]float64{0.1, 0.2, 0.3}, Std: [3]float64{1, 1, 1},
		},
	}
}

// testFile writes a small checkpoint and returns its path and its bytes.
func testFile(t testing.TB) (string, []byte) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.safetensors")
	meta, err := testMeta().Encode()
	if err != nil {
		t.Fatal(err)
	}
	if err := Write(path, testArrays(), testVars, meta); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return path, b
}

func zeroed(a *arrays) *arrays {
	for _, v := range a.v {
		clear(v)
	}
	return a
}

func TestRestoreGivesTheSameBits(t *testing.T) {
	path, _ := testFile(t)
	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	got := zeroed(testArrays())
	if err := r.Restore(got); err != nil {
		t.Fatal(err)
	}
	if bitsOf(got) != bitsOf(testArrays()) {
		t.Errorf("restored\n%swant\n%s", bitsOf(got), bitsOf(testArrays()))
	}
	if m, err := r.Run(); err != nil || !reflect.DeepEqual(m, testMeta()) {
		t.Errorf("metadata %+v, %v", m, err)
	}
	for i, want := range [][]int{{3, 2}, {3, 2}, {1}, {2}} {
		if e := r.Entries[i]; !reflect.DeepEqual(e.Shape, want) {
			t.Errorf("%s has shape %v, want %v", e.Name, e.Shape, want)
		}
	}
}

func TestArrayIsOneOfTheFile(t *testing.T) {
	path, a := filepath.Join(t.TempDir(), "x.safetensors"), testArrays()
	if err := Write(path, a, testVars, nil); err != nil {
		t.Fatal(err)
	}
	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b := &arrays{a.names, map[string][]float32{}}
	for _, name := range a.names {
		v, ok, err := r.Array(name)
		if err != nil || !ok {
			t.Errorf("%s: %v, %v", name, ok, err)
		}
		b.v[name] = v
	}
	if bitsOf(b) != bitsOf(a) {
		t.Errorf("%s, want %s", bitsOf(b), bitsOf(a))
	}
	if _, ok, err := r.Array("stem"); ok || err != nil {
		t.Errorf("an array that is not there: %v, %v", ok, err)
	}
}

func TestRestoreWeightsLeavesMomentsAlone(t *testing.T) {
	path, _ := testFile(t)
	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	got := zeroed(testArrays())
	if err := r.RestoreWeights(got); err != nil {
		t.Fatal(err)
	}
	if got.v["stem.weight"][1] != -2 || got.v["stem.weight#m"][1] != 0 || got.v["stem.weight#t"][0] != 0 {
		t.Errorf("restored %v", got.v)
	}
}

func TestRestoreNamesTheArrayThatDoesNotFit(t *testing.T) {
	path, _ := testFile(t)
	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for _, c := range []struct {
		change func(a *arrays)
		want   string
	}{
		{func(a *arrays) { a.names = append(a.names, "phi5.weight") }, "lacks phi5.weight"},
		{func(a *arrays) { a.names = a.names[:3] }, "the network has no bn.mean"},
		{func(a *arrays) { a.v["bn.mean"] = make([]float32, 5) }, "bn.mean has 2 numbers, the network needs 5"},
	} {
		a := zeroed(testArrays())
		c.change(a)
		if err := r.Restore(a); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
		if a.v["stem.weight"][0] != 0 {
			t.Error("something was set before the error was found")
		}
	}
}

func TestEveryFlippedBitIsFound(t *testing.T) {
	_, good := testFile(t)
	bad := slices.Clone(good)
	for i := range good {
		bad[i] ^= 1 << (i % 8)
		if _, err := newReader(bytes.NewReader(bad), int64(len(bad))); err == nil {
			t.Fatalf("byte %d of %d: flipped bit not found", i, len(good))
		}
		bad[i] = good[i]
	}
}

func TestEveryTruncationIsFound(t *testing.T) {
	path, good := testFile(t)
	for n := range good {
		if _, err := newReader(bytes.NewReader(good[:n]), int64(n)); err == nil {
			t.Fatalf("%d of %d bytes: truncation not found", n, len(good))
		}
	}
	if err := os.Truncate(path, int64(len(good)-1)); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v does not name the file", err)
	}
}

func TestLyingHeaders(t *testing.T) {
	entry := func(shape string, from, to int) string {
		return fmt.Sprintf(`{"dtype":"F32","shape":%s,"data_offsets":[%d,%d]}`, shape, from, to)
	}
	for _, c := range []struct {
		name, header, want string
	}{
		{"not an object", `[]`, "not a JSON object"},
		{"cut JSON", `{"a":`, "header"},
		{"text after the end", `{}x`, "after the end"},
		{"name twice", `{"a":` + entry("[0]", 0, 0) + `,"a":` + entry("[0]", 0, 0) + `}`, `name "a" twice`},
		{"metadata twice", `{"__metadata__":{"k":"1","k":"2"}}`, `name "k" twice`},
		{"metadata not text", `{"__metadata__":{"k":1}}`, `metadata "k" is not text`},
		{"metadata null", `{"__metadata__":{"k":null}}`, `metadata "k" is not text`},
		{"unknown dtype", `{"a":{"dtype":"F8","shape":[0],"data_offsets":[0,0]}}`, `dtype "F8"`},
		{"unknown key", `{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0],"x":1}}`, "unknown field"},
		{"no offsets", `{"a":{"dtype":"F32","shape":[0]}}`, "no or negative data_offsets"},
		{"negative offset", `{"a":` + entry("[2]", -4, 4) + `}`, "no or negative data_offsets"},
		{"negative shape", `{"a":` + entry("[-2]", 0, 8) + `}`, "is negative"},
		{"huge shape", `{"a":` + entry("[4294967296,4294967296]", 0, 8) + `}`, "too large"},
		{"overflowing bytes", `{"a":` + entry("[4611686018427387904]", 0, 0) + `}`, "too large"},
		{"shape against offsets", `{"a":` + entry("[3]", 0, 8) + `}`, "is 12 bytes, data_offsets say 8"},
		{"overlap", `{"a":` + entry("[2]", 0, 8) + `,"b":` + entry("[2]", 4, 12) + `}`, `"b" starts at byte 4`},
		{"hole", `{"a":` + entry("[1]", 0, 4) + `,"b":` + entry("[1]", 8, 12) + `}`, `"b" starts at byte 8`},
		{"past the end", `{"a":` + entry("[4]", 0, 16) + `}`, "cut off"},
		{"bytes left over", `{"a":` + entry("[2]", 0, 8) + `}`, "4 bytes after the last tensor"},
	} {
		_, _, err := parseHeader([]byte(c.header), 12)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestEntriesFollowTheFileNotTheHeader(t *testing.T) {
	entries, _, err := parseHeader([]byte(`{"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},`+
		`"empty":{"dtype":"F32","shape":[0],"data_offsets":[4,4]},`+
		`"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}`), 8)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name)
	}
	if err != nil || !reflect.DeepEqual(names, []string{"a", "empty", "b"}) {
		t.Errorf("entries %v, %v", entries, err)
	}
}

func TestWriteKeepsThePreviousFile(t *testing.T) {
	path, first := testFile(t)
	a := testArrays()
	a.v["stem.weight"][0] = 99
	for range 2 { // the second finds a previous file
		if err := Write(path, a, testVars, nil); err != nil {
			t.Fatal(err)
		}
		previous, err := os.ReadFile(Previous(path))
		if err != nil {
			t.Fatal(err)
		}
		if string(previous) != string(first) {
			t.Fatal("the previous file is not the one that was replaced")
		}
		if first, err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	if left, _ := filepath.Glob(path + ".tmp*"); left != nil {
		t.Errorf("left behind: %v", left)
	}
}

// failing is a Source that breaks in the middle.
type failing struct{ *arrays }

var errBroken = errors.New("broken")

func (f failing) Each(g func(name string, v []float32) error) error {
	n := 0
	return f.arrays.Each(func(name string, v []float32) error {
		if n++; n == 3 {
			return errBroken
		}
		return g(name, v)
	})
}

func (f failing) Sizes(g func(name string, n int) error) error {
	return f.arrays.Each(func(name string, v []float32) error { return g(name, len(v)) })
}

func TestFailedWriteLosesNothing(t *testing.T) {
	for name, write := range map[string]func(string, Source, []graph.Var, map[string]string) error{
		"Write": Write, "Replace": Replace,
	} {
		path, good := testFile(t)
		if err := write(path, failing{testArrays()}, testVars, nil); !errors.Is(err, errBroken) {
			t.Errorf("%s: error %v", name, err)
		}
		if got, _ := os.ReadFile(path); string(got) != string(good) {
			t.Errorf("%s: the file was changed", name)
		}
		if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
			t.Errorf("%s: left behind: %v", name, left)
		}
		if err := write(filepath.Join(path, "below", "a", "file"), testArrays(), testVars, nil); err == nil {
			t.Errorf("%s: no error for a folder that cannot be", name)
		}
	}
}

func TestReplaceLeavesTheNewFileAlone(t *testing.T) {
	path, first := testFile(t)
	a := testArrays()
	a.v["stem.weight"][0] = 99
	if err := Replace(path, a, testVars, nil); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if got, _ := os.ReadFile(path); string(got) == string(first) || err != nil || len(left) != 1 {
		t.Errorf("the folder has %v, %v, or the old file", left, err)
	}
}

// crossed is a Source whose arrays another process replaces the same file by while they
// are written.
type crossed struct {
	*arrays
	calls int
	other func()
}

func (c *crossed) Each(f func(name string, v []float32) error) error {
	if c.calls++; c.calls == 2 { // the first is for their lengths
		c.other()
	}
	return c.arrays.Each(f)
}

func TestAFileMayBeReplacedTwiceAtOnce(t *testing.T) {
	path, _ := testFile(t)
	other, last := testArrays(), testArrays()
	last.v["stem.weight"][0] = 99
	c := &crossed{arrays: last, other: func() {
		if err := Replace(path, other, testVars, nil); err != nil {
			t.Fatal(err)
		}
	}}
	if err := Replace(path, c, testVars, nil); err != nil {
		t.Fatal(err)
	}
	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	got := zeroed(testArrays())
	if err := r.Restore(got); err != nil || bitsOf(got) != bitsOf(last) || c.calls != 2 {
		t.Errorf("%v, other arrays than the last, %d calls", err, c.calls)
	}
}

func TestRunRefusesAnotherFormat(t *testing.T) {
	locations := &Reader{path: "x", Meta: map[string]string{"amdim.negatives": "8fae1", "amdim.sha256": "0"}}
	if _, err := locations.Run(); err == nil || !strings.Contains(err.Error(), "read x: it holds no network") {
		t.Errorf("a file that lies beside a checkpoint: %v", err)
	}
	r := &Reader{path: "x", Meta: map[string]string{"amdim.format": "2"}}
	if _, err := r.Run(); err == nil || !strings.Contains(err.Error(), "format 2") {
		t.Errorf("error %v", err)
	}
	r.Meta["amdim.format"] = "one"
	if _, err := r.Run(); err == nil {
		t.Error("no error for a format that is not a number")
	}
}
