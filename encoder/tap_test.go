package encoder

import (
	"slices"
	"testing"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/internal/tiny"
)

func TestATapHasWhatAMatcherSees(t *testing.T) {
	set := tiny.Shapes(t, 32, 105, data.Test) // more than a batch
	m, err := NewMatcher(tiny.CPU(t), tiny.Model(), Random(3))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	want, err := m.Parts(imagesOf(t, set))
	if err != nil {
		t.Fatal(err)
	}
	var got []float32
	next := 0
	err = m.Tap(t.Context(), plain(t, set), "phi7", func(image int, v []float32) {
		if image != next || len(v) != MapSide*MapSide*want.Dim {
			t.Errorf("image %d after %d others has %d numbers", image, next, len(v))
		}
		next++
		got = append(got, v...)
	})
	if err != nil || !slices.Equal(got, want.F7) {
		t.Errorf("φ7 of %d images is other than in Parts, %v", next, err)
	}
}
