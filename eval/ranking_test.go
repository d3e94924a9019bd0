package eval

import (
	"slices"
	"testing"
)

func TestRankedClassesAreTheHighestScores(t *testing.T) {
	scores := []float32{0.1, 0.7, -2, 0.7, 0.9, 0.3}
	if got, want := appendRanked(nil, scores, 5), []int32{4, 1, 3, 5, 0}; !slices.Equal(got, want) {
		t.Errorf("ranked %v, want %v", got, want)
	}
}

func TestTopFiveCountsLabelsAmongTheFirstFive(t *testing.T) {
	r := Ranking{5, []int32{4, 1, 3, 5, 0, 0, 1, 2, 3, 4, 2, -1, -1, -1, -1}}
	labels := []int32{0, 5, 2}
	if got, want := r.Accuracy(labels), 2.0/3; got != want {
		t.Errorf("top-5 %g, want %g", got, want)
	}
	if got, want := Accuracy(r.First(), labels), 1.0/3; got != want {
		t.Errorf("top-1 %g, want %g", got, want)
	}
}

func TestFewClassesHaveNoTopFive(t *testing.T) {
	if depthOf(5) != 1 || depthOf(6) != 5 {
		t.Errorf("%d of 5 classes listed, %d of 6", depthOf(5), depthOf(6))
	}
}
