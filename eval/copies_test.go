package eval

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/feature"
	"github.com/amdim/amdim/internal/tiny"
)

// dense are n vectors of each of two classes, whose means differ in every dimension.
func dense(n int, apart float32, seed uint64) feature.Features {
	const dim = 128
	r := rand.New(rand.NewPCG(seed, 0))
	f := feature.Features{Dim: dim}
	for i := range 2 * n {
		class := rand.New(rand.NewPCG(uint64(i%2), 1))
		for range dim {
			f.X = append(f.X, float32(r.NormFloat64())+apart*float32(class.NormFloat64()))
		}
		f.Labels = append(f.Labels, int32(i%2))
	}
	return f
}

func TestRowsSayHowImagesWithoutCopiesAreClassified(t *testing.T) {
	train, test := dense(100, 0.2, 1), dense(40, 0.2, 2)
	for i := range 20 {
		copy(test.Row(i), train.Row(i)) // with its label
	}
	images := plain(t, tiny.Shapes(t, 32, 20, data.Test))
	e := &Evaluation{Config: Default(), ProbeEngine: tiny.CPU(t), Train: images, Test: images}
	e.Config.Protocols, e.Config.KNN.K, e.Config.Seeds = []string{Linear, KNN}, []int{1}, []uint64{1}
	s := Split{train, test}
	feature.Standardize(s.Train, s.Test)
	var r Result
	for _, name := range []string{Model, RandomEncoder} {
		if err := e.protocols(t.Context(), &r, name, s); err != nil {
			t.Fatal(err)
		}
	}
	if r.Copies.Images != 20 || !(r.Copies.Cosine > 0.8) {
		t.Errorf("%+v, want 20 copies", r.Copies)
	}
	if protocol := r.Rows[0].Protocol; len(r.Rows) != 4 || protocol != Linear {
		t.Errorf("%d rows, the first of %s", len(r.Rows), protocol)
	}
	for _, row := range r.Rows {
		if known := row.Alone.Runs != nil; known != (row.Representation == Model) {
			t.Errorf("%s of %s: without copies %v", row.Protocol, row.Representation, row.Alone)
		}
	}
	knn := r.Row(Model, "knn-1") // which has copies right
	want := (knn.Accuracy.Mean*80 - 20) / 60
	if !(math.Abs(knn.Alone.Mean-want) <= 1e-9) || want >= knn.Accuracy.Mean {
		t.Errorf("neighbours: %v, without copies %v, want %.4f", knn.Accuracy, knn.Alone, want)
	}
}

func TestAccuracyOfSomeImages(t *testing.T) {
	runs := []Ranking{{Depth: 1, Classes: []int32{0, 1, 1, 0}}, {Depth: 1, Classes: []int32{0, 0, 1, 1}}}
	if got := accuracyOf([]int{1, 2, 3}, runs, []int32{0, 0, 1, 0}); got.Runs[0] != 2./3 || got.Runs[1] != 2./3 {
		t.Errorf("%v, want two of three in both runs", got.Runs)
	}
}

// A random encoder takes images for alike that have nothing to do with each other.
func TestCopiesOfOtherClassesAreNone(t *testing.T) {
	c := closest{score: []float32{0.95, 0.95, 0.5, 0.95}, class: []int32{0, 1, 0, 1}}
	if found, alone := c.copies(0.9, []int32{0, 1, 1, 1}); found.Images != 3 || !slices.Equal(alone, []int{2}) {
		t.Errorf("%+v, alone %v, want three copies and image 2", found, alone)
	}
	if found, alone := c.copies(0.9, []int32{0, 0, 1, 1}); found != (Copies{Unknown: true}) || alone != nil {
		t.Errorf("%+v, alone %v: a third of the copies has another class", found, alone)
	}
	if found, alone := c.copies(0.96, []int32{0, 1, 1, 1}); found != (Copies{None: true}) || alone != nil {
		t.Errorf("%+v, alone %v, want none", found, alone)
	}
}

func TestTheNoteOnCopiesCountsThem(t *testing.T) {
	for images, want := range map[int]string{
		100: "3 of the test images look to the encoder like a train image (cosine from 0.90), so accuracies",
		3:   "All test images look to the encoder like a train image (cosine from 0.90): nothing",
	} {
		if got := (Copies{Images: 3, Cosine: 0.9}).note(images, "test"); !strings.HasPrefix(got, want) {
			t.Errorf("of %d: %s", images, got)
		}
	}
	for _, c := range []Copies{{}, {None: true}} { // not looked for, and none
		if got := c.note(100, "test"); got != "" {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

// Where one class looks to the encoder like another, a result says that nothing is known of copies.
func TestAResultSaysThatCopiesCannotBeTold(t *testing.T) {
	train, test := dense(100, 0.2, 1), dense(40, 0.2, 2)
	for i := range 20 {
		copy(test.Row(i), train.Row((i+7)%20)) // of both classes alike
	}
	images := plain(t, tiny.Shapes(t, 32, 20, data.Test))
	e := &Evaluation{Config: Default(), ProbeEngine: tiny.CPU(t), Train: images, Test: images}
	e.Config.Protocols, e.Config.KNN.K = []string{KNN}, []int{1}
	s := Split{train, test}
	feature.Standardize(s.Train, s.Test)
	var r Result
	if err := e.protocols(t.Context(), &r, Model, s); err != nil {
		t.Fatal(err)
	}
	note := "Whether test images are copies of train images is not known: to the encoder, images of different"
	if !r.Copies.Unknown || len(r.Notes) != 1 || !strings.HasPrefix(r.Notes[0], note) {
		t.Errorf("%+v, notes %q", r.Copies, r.Notes)
	}
	if row := r.Row(Model, "knn-1"); row.Alone.Runs != nil {
		t.Errorf("without copies %v", row.Alone)
	}
}
