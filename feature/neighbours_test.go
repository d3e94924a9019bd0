package feature

import (
	"cmp"
	"math"
	"slices"
	"testing"

	"github.com/amdim/amdim/internal/rng"
)

// random returns n vectors with labels below classes.
func random(seed uint64, n, dim, classes int) Features {
	s := rng.New(seed, 0, 0, rng.Sample)
	f := Features{Dim: dim, X: make([]float32, n*dim), Labels: make([]int32, n)}
	for i := range f.X {
		f.X[i] = float32(s.Normal())
	}
	for i := range f.Labels {
		f.Labels[i] = int32(s.IntN(classes))
	}
	return f
}

// Sizes cross a panel of 32 images and a block of 64 queries.
func TestNearestEqualsSortingAllCosines(t *testing.T) {
	for _, c := range []struct{ base, query, dim, k int }{
		{1, 1, 1, 1}, {31, 63, 7, 31}, {32, 64, 16, 5}, {33, 65, 33, 33}, {200, 130, 12, 50},
	} {
		base, query := random(1, c.base, c.dim, 4), random(2, c.query, c.dim, 4)
		got, err := Nearest(t.Context(), base, query, c.k)
		if err != nil {
			t.Fatal(err)
		}
		for q := range c.query {
			want := make([]float64, c.base)
			for i := range want {
				want[i] = Cosine(base.Row(i), query.Row(q))
			}
			slices.SortFunc(want, func(a, b float64) int { return cmp.Compare(b, a) })
			for j := range c.k {
				index, score := got.Index[q*c.k+j], float64(got.Cosine[q*c.k+j])
				if d := math.Abs(score - want[j]); !(d <= 1e-5) { // dim sums in float32
					t.Fatalf("%+v: query %d, neighbour %d: score %g, want %g", c, q, j, score, want[j])
				}
				if d := math.Abs(score - Cosine(base.Row(int(index)), query.Row(q))); !(d <= 1e-5) {
					t.Fatalf("%+v: query %d: score %g is not that of image %d", c, q, score, index)
				}
			}
		}
	}
}

func TestNearestPutsTheLowerIndexFirstAmongEquals(t *testing.T) {
	base := Features{Dim: 2, X: []float32{0, 1, 2, 0, 1, 0, 3, 0, 0, 5}}
	query := Features{Dim: 2, X: []float32{1, 0}}
	got, err := Nearest(t.Context(), base, query, 4)
	if err != nil {
		t.Fatal(err)
	}
	if want := []int32{1, 2, 3, 0}; !slices.Equal(got.Index, want) {
		t.Errorf("index = %v, want %v", got.Index, want)
	}
}

func TestNearestRefusesMoreNeighboursThanImages(t *testing.T) {
	if _, err := Nearest(t.Context(), random(1, 3, 2, 2), random(2, 3, 2, 2), 4); err == nil {
		t.Error("no error for 4 neighbours among 3 images")
	}
}
