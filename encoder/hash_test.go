package encoder

import (
	"testing"

	"github.com/amdim/amdim/internal/tiny"
)

func TestHashChangesWithAnyVariable(t *testing.T) {
	e, err := New(tiny.CPU(t), tiny.Model(), Random(1))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	seen := map[string]string{tiny.Hash(t, e): "nothing"}
	for _, v := range tiny.Model().Encode().Vars {
		w := tiny.Value(t, e.state, v.Name)
		w[len(w)-1] += 1e-3
		if err := e.state.Set(v.Name, w); err != nil {
			t.Fatal(err)
		}
		h := tiny.Hash(t, e)
		if other, ok := seen[h]; ok {
			t.Errorf("hash after changing %s is that after changing %s", v.Name, other)
		}
		seen[h] = v.Name
	}
}
