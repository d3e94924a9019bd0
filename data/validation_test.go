package data

import (
	"fmt"
	"testing"

	"github.com/amdim/amdim/tensor"
)

// labelled is a data set of named images of which only the labels matter.
type labelled struct {
	names  []string
	labels []int
}

func (l labelled) Len() int                        { return len(l.labels) }
func (l labelled) Image(int) (tensor.Image, error) { return tensor.Image{}, nil }
func (l labelled) Label(i int) int                 { return l.labels[i] }
func (l labelled) Classes() []string               { return []string{"many", "few", "one", "none"} }
func (l labelled) Digest() string                  { return "" }
func (l labelled) Name(i int) string               { return l.names[i] }

func manyFewOne() labelled {
	var l labelled
	for i := range 108 {
		label := 0
		switch {
		case i >= 107:
			label = -1
		case i >= 106:
			label = 2
		case i >= 100:
			label = 1
		}
		l.names, l.labels = append(l.names, fmt.Sprintf("%d.png", i)), append(l.labels, label)
	}
	return l
}

func TestValidationIsAShareOfEachClass(t *testing.T) {
	set := manyFewOne()
	chosen := Validation(set, 0.1)
	counts := map[int]int{}
	for i := range set.Len() {
		if chosen[set.Name(i)] {
			counts[set.Label(i)]++
		}
	}
	if len(counts) != 2 || counts[0] != 10 || counts[1] != 1 {
		t.Errorf("images by class %v, want 10 of 100, 1 of 6, and none of 1 or without a class", counts)
	}
}

func TestValidationBarelyChangesWithAnImageMore(t *testing.T) {
	set := manyFewOne()
	before := Validation(set, 0.1)
	set.names, set.labels = append([]string{"new.png"}, set.names...), append([]int{0}, set.labels...)
	changed := 0
	for name := range Validation(set, 0.1) {
		if !before[name] {
			changed++
		}
	}
	if changed > 1 {
		t.Errorf("%d other images are chosen after one was added, want at most that one", changed)
	}
}

func TestSelectKeepsTheOrder(t *testing.T) {
	set := manyFewOne()
	got := Select(set, func(i int) bool { return i%50 == 3 })
	if got.Len() != 3 || Name(got, 0) != "3.png" || Name(got, 2) != "103.png" || got.Label(2) != 1 {
		t.Errorf("%d images, the first %s", got.Len(), Name(got, 0))
	}
}
