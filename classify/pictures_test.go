package classify

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/amdim/amdim/eval"
)

// Near copies are found however many there are, and images of classes that are far apart
// are not taken for copies.
func TestPicturesAreNotCopies(t *testing.T) {
	for _, c := range []struct {
		pictures, copies int // of each class
		apart            float32
	}{{20, 1, 1}, {20, 4, 1}, {2, 10, 1}, {5, 2, 30}, {3, 1, 30}, {1, 1, 1}} {
		x := clusters(c.pictures, 0, 1)
		n := x.Set.Len()
		for i, l := range x.Labels {
			class := rand.New(rand.NewPCG(uint64(l), 1))
			for j := range x.Set.Row(i) {
				x.Set.Row(i)[j] += c.apart * float32(class.NormFloat64())
			}
		}
		f := eval.Features{Dim: dim, X: slices.Clone(x.Set.X), Labels: slices.Clone(x.Labels)}
		r := rand.New(rand.NewPCG(3, 0))
		for i := n; i < c.copies*n; i++ {
			for _, v := range x.Set.Row(i % n) {
				f.X = append(f.X, v+float32(0.5*r.NormFloat64()))
			}
			f.Labels = append(f.Labels, x.Labels[i%n])
		}
		moments := eval.MomentsOf(f)
		for i := range f.Len() {
			moments.Apply(f.Row(i), slices.Clone(f.Row(i)))
		}
		picture, err := pictures(t.Context(), f, 3)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range picture {
			if p != i%n {
				t.Errorf("%+v: image %d is taken for a copy of %d, want %d", c, i, p, i%n)
				break
			}
		}
	}
}
