package checkpoint

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/graph"
)

func TestSummariesDescribeTheNumbers(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	for _, c := range []struct {
		v    []float32
		want Summary
	}{
		{nil, Summary{FirstBad: -1}},
		{[]float32{1, 2, 3, 6}, Summary{Count: 4, Mean: 3, Std: math.Sqrt(3.5), Min: 1, Max: 6, FirstBad: -1}},
		{[]float32{1e6 + 1, 1e6 + 3},
			Summary{Count: 2, Mean: 1e6 + 2, Std: 1, Min: 1e6 + 1, Max: 1e6 + 3, FirstBad: -1}},
		{[]float32{5, nan, 7, inf},
			Summary{Count: 4, Mean: 6, Std: 1, Min: 5, Max: 7, NonFinite: 2, FirstBad: 1, Bad: "NaN"}},
		{[]float32{-inf}, Summary{Count: 1, NonFinite: 1, FirstBad: 0, Bad: "-Inf"}},
	} {
		got := summarize(c.v)
		if got.Shape = nil; !equal(got, c.want) {
			t.Errorf("%v: %+v, want %+v", c.v, got, c.want)
		}
	}
}

func equal(a, b Summary) bool {
	return a.Count == b.Count && a.Mean == b.Mean && math.Abs(a.Std-b.Std) < 1e-12 && a.Min == b.Min &&
		a.Max == b.Max && a.NonFinite == b.NonFinite && a.FirstBad == b.FirstBad && a.Bad == b.Bad
}

// The digest of an array is that of its bytes in the file.
func TestDigestsAreOfTheBytesInTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.safetensors")
	if err := Write(path, testArrays(), testVars, nil); err != nil {
		t.Fatal(err)
	}
	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	all, err := r.Summaries(true)
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range r.Entries {
		at := int64(len(r.header)) + e.at
		sum := sha256.Sum256(file[at : at+e.bytes()])
		s := all[i]
		if s.Digest != hex.EncodeToString(sum[:]) || s.Name != e.Name || !slices.Equal(s.Shape, e.Shape) {
			t.Errorf("%s: %+v", e.Name, s)
		}
	}
	if r.Size() != int64(len(file)) || !strings.Contains(string(file), r.Checksum()) {
		t.Errorf("size %d of %d, checksum %s", r.Size(), len(file), r.Checksum())
	}
}

func TestFaultsNameTheArray(t *testing.T) {
	vars := []graph.Var{
		{Name: "a.w", Shape: []int{2, 3}, Trainable: true},
		{Name: "bn.var", Shape: []int{2}},
	}
	sound := func() []Summary {
		return []Summary{
			{Name: "a.w", Shape: []int{2, 3}, Count: 6, Min: -1, Max: 1},
			{Name: "a.w#m", Shape: []int{2, 3}, Count: 6, Min: -1},
			{Name: "a.w#v", Shape: []int{2, 3}, Count: 6},
			{Name: "a.w#t", Shape: []int{1}, Count: 1, Min: 7, Max: 7},
			{Name: "bn.var", Shape: []int{2}, Count: 2},
		}
	}
	if f := Faults(sound(), vars, 7); f != nil {
		t.Fatalf("faults of a sound checkpoint: %q", f)
	}
	for _, c := range []struct {
		change func([]Summary) []Summary
		want   string
	}{
		{func(s []Summary) []Summary { s[0].NonFinite, s[0].FirstBad, s[0].Bad = 2, 4, "NaN"; return s },
			"NaN in tensor a.w at index 4 (2 of 6 numbers"},
		{func(s []Summary) []Summary { s[0].Shape = []int{3, 2}; return s },
			"a.w has shape [3 2], the network needs [2 3]"},
		{func(s []Summary) []Summary { s[4].Name = "cn.var"; return s }, "tensor cn.var is not in the network"},
		{func(s []Summary) []Summary { return s[:4] }, "tensor bn.var is missing"},
		{func(s []Summary) []Summary { s[2].Min = -1e-9; return s }, "a.w#v has -1e-09: a second moment"},
		{func(s []Summary) []Summary { s[3].Min, s[3].Max = 8, 8; return s }, "a.w#t counts 8 updates, not 7"},
		{func(s []Summary) []Summary { s[3].Min, s[3].Max = 6.5, 6.5; return s }, "a.w#t counts 6.5 updates"},
		{func(s []Summary) []Summary { s[4].Min = -2; return s }, "bn.var has -2: a variance"},
	} {
		f := Faults(c.change(sound()), vars, 7)
		if !strings.Contains(strings.Join(f, "\n"), c.want) {
			t.Errorf("faults %q, want %q", f, c.want)
		}
	}
}
