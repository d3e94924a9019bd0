package tiny

import (
	"maps"
	"slices"
	"testing"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/graph"
)

// Rewrite replaces the arrays of a file by others, with a checksum that is right.
func Rewrite(t *testing.T, path string, change func(a map[string][]float32)) {
	t.Helper()
	r, err := checkpoint.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	a := arrays{}
	err = r.Each(func(name string, v []float32) error { a[name] = slices.Clone(v); return nil })
	if err != nil {
		t.Fatal(err)
	}
	change(a)
	if err := checkpoint.Replace(path, a, a.vars(), r.Meta); err != nil {
		t.Fatal(err)
	}
}

type arrays map[string][]float32

// Each calls f for every array.
func (a arrays) Each(f func(name string, v []float32) error) error {
	for _, v := range a.vars() {
		if err := f(v.Name, a[v.Name]); err != nil {
			return err
		}
	}
	return nil
}

func (a arrays) vars() (vars []graph.Var) {
	for _, name := range slices.Sorted(maps.Keys(a)) {
		vars = append(vars, graph.Var{Name: name, Shape: []int{len(a[name])}})
	}
	return vars
}
