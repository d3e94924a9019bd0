package eval

import (
	"slices"
	"testing"
)

func TestConfusionCountsMistakes(t *testing.T) {
	labels := []int32{0, 0, 0, 0, 1, 1, 2}
	predicted := []int32{0, 1, 1, 2, 1, 0, 2}
	c := NewConfusion(predicted, labels, 4)
	if want := []int{1, 2, 1, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0}; !slices.Equal(c.Counts, want) {
		t.Errorf("counts %v, want %v", c.Counts, want)
	}
	if c.Accuracy() != Accuracy(predicted, labels) || c.Images(0) != 4 || c.Images(3) != 0 {
		t.Errorf("accuracy %g, %d and %d images", c.Accuracy(), c.Images(0), c.Images(3))
	}
	// 2 of 4 and 1 of 2 are equals: the lower class first.
	want := []Mistake{{0, 1, 2, 4}, {1, 0, 1, 2}, {0, 2, 1, 4}}
	if got := c.Mistakes(9); !slices.Equal(got, want) {
		t.Errorf("mistakes %v, want %v", got, want)
	}
	if got := c.Mistakes(1); !slices.Equal(got, want[:1]) {
		t.Errorf("the most common %v", got)
	}
}

func TestConfusionOfNothingIsEmpty(t *testing.T) {
	if c := NewConfusion(nil, nil, 3); c.Accuracy() != 0 || c.Mistakes(3) != nil {
		t.Errorf("%+v", c)
	}
}
