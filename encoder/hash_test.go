package encoder

import "testing"

func TestHashChangesWithAnyVariable(t *testing.T) {
	e, err := New(newEngine(t), tiny(), Random(1))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	seen := map[string]string{hash(t, e): "nothing"}
	for _, v := range tiny().Encode().Vars {
		w := value(t, e.state, v.Name)
		w[len(w)-1] += 1e-3
		if err := e.state.Set(v.Name, w); err != nil {
			t.Fatal(err)
		}
		h := hash(t, e)
		if other, ok := seen[h]; ok {
			t.Errorf("hash after changing %s is that after changing %s", v.Name, other)
		}
		seen[h] = v.Name
	}
}
