package data

import "testing"

func TestHeldAreImagesThatNoReadingAllocates(t *testing.T) {
	held := newMemory(20, 4, 4, nil)
	set, err := NewShapes(ShapesConfig{Size: 32, Train: 20, Test: 1}, Train)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		set  Dataset
		held bool
	}{
		"held": {held, true}, "some of them": {Spread(held, 3), true},
		"beside those of a file": {newSTLAll(held, nil, 3), false},
		"shapes":                 {set, true}, "some of these": {Spread(set, 3), true},
	} {
		_, cost, err := Measure(c.set, 0)
		if Held(c.set) != c.held || err != nil || c.held && cost.Peak != 0 {
			t.Errorf("%s: held: %t, %+v, %v", name, Held(c.set), cost, err)
		}
	}
}
