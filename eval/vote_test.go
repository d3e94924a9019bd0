package eval

import (
	"slices"
	"testing"

	"github.com/amdim/amdim/feature"
)

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
		n := feature.Neighbours{K: 3, Index: []int32{0, 1, 2}, Cosine: c.score}
		if got := Vote(n, labels, 2, c.k, c.temperature).First()[0]; got != c.want {
			t.Errorf("%+v: class %d", c, got)
		}
	}
}

func TestVoteListsOnlyClassesThatNeighboursHave(t *testing.T) {
	n := feature.Neighbours{K: 3, Index: []int32{0, 1, 2}, Cosine: []float32{0.9, 0.8, 0.7}}
	for _, temperature := range []float64{0.1, 1e-3, 1e-300} {
		got := Vote(n, []int32{4, 2, 4}, 7, 3, temperature)
		if want := []int32{4, 2, -1, -1, -1}; got.Depth != 5 || !slices.Equal(got.Classes, want) {
			t.Errorf("temperature %g: %+v, want %v", temperature, got, want)
		}
	}
}
