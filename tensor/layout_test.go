package tensor

import (
	"slices"
	"testing"
)

// A number says its own index: (h, w, i, o) of HWIO is h·1000 + w·100 + i·10 + o.
func TestOutFirstMovesEveryNumber(t *testing.T) {
	shape := []int{2, 3, 4, 5}
	var v []float32
	for h := range 2 {
		for w := range 3 {
			for i := range 4 {
				for o := range 5 {
					v = append(v, float32(h*1000+w*100+i*10+o))
				}
			}
		}
	}
	got := OutFirst(v, shape)
	at := 0
	for o := range 5 {
		for i := range 4 {
			for h := range 2 {
				for w := range 3 {
					if want := float32(h*1000 + w*100 + i*10 + o); got[at] != want {
						t.Fatalf("number %d is %g, want %g", at, got[at], want)
					}
					at++
				}
			}
		}
	}
	if !slices.Equal(OutFirstShape(shape), []int{5, 4, 2, 3}) || !slices.Equal(OutLast(got, shape), v) {
		t.Errorf("shape %v, or the way back is another", OutFirstShape(shape))
	}
	linear := OutFirst([]float32{1, 2, 3, 4, 5, 6}, []int{2, 3})
	if !slices.Equal(linear, []float32{1, 4, 2, 5, 3, 6}) || !slices.Equal(OutFirst(v[:3], []int{3}), v[:3]) {
		t.Errorf("%v", linear)
	}
}
