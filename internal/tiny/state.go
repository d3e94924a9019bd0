package tiny

import (
	"slices"
	"testing"

	"github.com/amdim/amdim/engine"
)

// Hash is that of an encoder. Package encoder cannot be named: its own tests import this one.
func Hash(t *testing.T, e interface{ Hash() (string, error) }) string {
	t.Helper()
	h, err := e.Hash()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// Value is a copy of a variable of a state.
func Value(t *testing.T, s engine.State, name string) (w []float32) {
	t.Helper()
	err := s.Each(func(n string, v []float32) error {
		if n == name {
			w = slices.Clone(v)
		}
		return nil
	})
	if err != nil || w == nil {
		t.Fatalf("no %s: %v", name, err)
	}
	return w
}
