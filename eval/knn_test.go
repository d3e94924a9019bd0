package eval

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
				index, score := got.Index[q*c.k+j], float64(got.Score[q*c.k+j])
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

func TestVoteWeighsByExponentOfTheScore(t *testing.T) {
	labels := []int32{1, 0, 0}
	for _, c := range []struct {
		score       []float32
		k           int
		temperature float64
		want        int32
	}{
		{[]float32{0.9, 0.8, 0.8}, 1, 0.1, 1},
		{[]float32{0.9, 0.8, 0.8}, 3, 0.1, 1},  // e⁹ against 2·e⁸
		{[]float32{0.9, 0.8, 0.8}, 3, 0.2, 0},  // e^4.5 against 2·e⁴
		{[]float32{0.9, 0.9, 0.8}, 2, 0.1, 0},  // equal sums: the lower class
		{[]float32{0.9, 0.8, 0.8}, 3, 1e-3, 1}, // e⁹⁰⁰ is more than a float64 holds
		{[]float32{0.9, 0.9, 0.9}, 3, 1e-300, 0},
	} {
		n := Neighbours{K: 3, Index: []int32{0, 1, 2}, Score: c.score}
		if got := n.Vote(labels, 2, c.k, c.temperature).First()[0]; got != c.want {
			t.Errorf("%+v: class %d", c, got)
		}
	}
}

func TestVoteListsOnlyClassesThatNeighboursHave(t *testing.T) {
	n := Neighbours{K: 3, Index: []int32{0, 1, 2}, Score: []float32{0.9, 0.8, 0.7}}
	for _, temperature := range []float64{0.1, 1e-3, 1e-300} {
		got := n.Vote([]int32{4, 2, 4}, 7, 3, temperature)
		if want := []int32{4, 2, -1, -1, -1}; got.Depth != 5 || !slices.Equal(got.Classes, want) {
			t.Errorf("temperature %g: %+v, want %v", temperature, got, want)
		}
	}
}
