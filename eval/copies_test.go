package eval

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/data"
)

// dense are n vectors of each of two classes, whose means differ in every dimension.
func dense(n int, apart float32, seed uint64) Features {
	const dim = 32
	r := rand.New(rand.NewPCG(seed, 0))
	f := Features{Dim: dim}
	for i := range 2 * n {
		class := rand.New(rand.NewPCG(uint64(i%2), 1))
		for range dim {
			f.X = append(f.X, float32(r.NormFloat64())+apart*float32(class.NormFloat64()))
		}
		f.Labels = append(f.Labels, int32(i%2))
	}
	return f
}

// What counts as a near copy depends on how far apart images of a class are, and not on
// how far apart classes are, nor on a few wrong labels or copies.
func TestNearCopiesAreNearerThanImagesOfAClass(t *testing.T) {
	for _, apart := range []float32{0, 1, 10} {
		f := dense(100, apart, 1)
		moments := MomentsOf(f)
		for i := range f.Len() {
			moments.Apply(f.Row(i), slices.Clone(f.Row(i)))
		}
		least := NearCopy(f, 2)
		b, err := NewBase(f, Moments{}, 1)
		if err != nil {
			t.Fatal(err)
		}
		if pairs, err := b.Pairs(t.Context(), least, 1e6); err != nil || len(pairs) > 0 {
			t.Errorf("%g apart: %d pairs of different images have a cosine of %g, %v", apart, len(pairs), least, err)
		}
		f.Labels[0], f.Labels[2] = 1, 1
		copy(f.Row(4), f.Row(6))
		if after := NearCopy(f, 2); !(after-least <= 0.01 && least-after <= 0.01) || after >= 1 {
			t.Errorf("%g apart: from a cosine of %g on, with wrong labels and a copy %g", apart, least, after)
		}
	}
	if c := NearCopy(Features{Dim: 1, X: []float32{1, 2}, Labels: []int32{0, 1}}, 2); c != 1 {
		t.Errorf("one image of each class: copies from %g on, want 1", c)
	}
}

func TestRowsSayHowImagesWithoutCopiesAreClassified(t *testing.T) {
	train, test := dense(100, 0.2, 1), dense(40, 0.2, 2)
	for i := range 20 {
		copy(test.Row(i), train.Row(i)) // with its label
	}
	images := plain(t, shapes(t, 32, 20, data.Test))
	e := &Evaluation{Config: Default(), ProbeEngine: newEngine(t), Train: images, Test: images}
	e.Config.Protocols, e.Config.KNN.K, e.Config.Seeds = []string{Linear, KNN}, []int{1}, []uint64{1}
	s := Split{train, test}
	Standardize(s.Train, s.Test)
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
		if row.Representation != Model {
			if row.Alone.Runs != nil {
				t.Errorf("%s of %s: %v without copies", row.Protocol, row.Representation, row.Alone)
			}
			continue
		}
		right := row.Accuracy.Mean * 80
		if row.Protocol == "knn-1" && !(row.Alone.Mean-(right-20)/60 < 1e-9 && (right-20)/60-row.Alone.Mean < 1e-9) {
			t.Errorf("%s: %v, without copies %v: the copies are right", row.Protocol, row.Accuracy, row.Alone)
		}
		if len(row.Alone.Runs) != 1 || row.Alone.Mean >= row.Accuracy.Mean {
			t.Errorf("%s: %v, without copies %v", row.Protocol, row.Accuracy, row.Alone)
		}
	}
}

// A random encoder takes images for alike that have nothing to do with each other.
func TestCopiesOfOtherClassesAreNone(t *testing.T) {
	c := closest{score: []float32{0.95, 0.95, 0.5, 0.95}, class: []int32{0, 1, 0, 1}}
	if found, alone := c.copies(0.9, []int32{0, 1, 1, 1}); found.Images != 3 || !slices.Equal(alone, []int{2}) {
		t.Errorf("%+v, alone %v, want three copies and image 2", found, alone)
	}
	if found, alone := c.copies(0.9, []int32{0, 0, 1, 1}); found != (Copies{}) || alone != nil {
		t.Errorf("%+v, alone %v: a third of the copies has another class", found, alone)
	}
}

func TestTheNoteOnCopiesCountsThem(t *testing.T) {
	for images, want := range map[int]string{
		100: "3 of the test images look to the encoder like a train image (cosine from 0.90), so accuracies are",
		3:   "All test images look to the encoder like a train image (cosine from 0.90): nothing is known of others.",
	} {
		if got := (Copies{3, 0.9}).note(images, "test"); !strings.HasPrefix(got, want) {
			t.Errorf("of %d: %s", images, got)
		}
	}
}
