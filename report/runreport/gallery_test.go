package runreport

import (
	"reflect"
	"slices"
	"testing"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/feature"
	"github.com/amdim/amdim/internal/rng"
)

func TestNoQueryIsItsOwnNeighbour(t *testing.T) {
	n := feature.Neighbours{
		K: 3, Index: []int32{4, 1, 2, 9, 7, 8, 5, 6, 3},
		Cosine: []float32{1, .9, .8, 1, 1, .7, 1, 1, 1},
	}
	got := withoutSelf(n, []int{4, 7, 0}) // the third has three copies before it
	want := feature.Neighbours{K: 2, Index: []int32{1, 2, 9, 8, 5, 6}, Cosine: []float32{.9, .8, 1, .7, 1, 1}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	first := neighbours{n}.first(2)
	if want := []int32{4, 1, 9, 7, 5, 6}; first.K != 2 || !slices.Equal(first.Index, want) {
		t.Errorf("the first two are %+v, want %v", first, want)
	}
}

// A sample at even spaces would be of one class where classes take turns.
func TestSampleHoldsAllClasses(t *testing.T) {
	c := data.DefaultShapes()
	c.Train, c.Test = 1000, 10
	set, err := data.NewShapes(c, data.Train)
	if err != nil {
		t.Fatal(err)
	}
	s := sampleOf(set, 100)
	classes := map[int]bool{}
	for i := range s.Len() {
		classes[s.Label(i)] = true
	}
	if s.Len() != 100 || len(classes) != 10 || !slices.IsSorted(s.index) {
		t.Errorf("%d images of %d classes", s.Len(), len(classes))
	}
	if all := sampleOf(set, 5000); all.Len() != 1000 {
		t.Errorf("%d of 1000 images", all.Len())
	}
}

func TestSampleIsNotWhatARunLearnsFromFirst(t *testing.T) {
	set, err := data.Open("shapes:train=1000,test=10", data.Train, data.Options{})
	if err != nil {
		t.Fatal(err)
	}
	order := rng.New(1, 0, 0, rng.Order) // of a run with the seed of the sample
	first := order.Perm(set.Len())[:100]
	slices.Sort(first)
	if slices.Equal(sampleOf(set, 100).index, first) {
		t.Error("the sample is the first images of an epoch")
	}
}
