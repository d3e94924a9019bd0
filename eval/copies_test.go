package eval

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/data"
)

// dense are n vectors of each of two classes, whose means differ in every dimension.
func dense(n int, apart float32, seed uint64) Features {
	const dim = 128
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

// standard is f with each dimension standardised over its rows.
func standard(f Features) Features {
	moments := MomentsOf(f)
	s := Features{Dim: f.Dim, Labels: f.Labels, X: make([]float32, len(f.X))}
	for i := range s.Len() {
		moments.Apply(s.Row(i), f.Row(i))
	}
	return s
}

// What counts as a near copy depends on how far apart images of a class are, and not on
// how far apart classes are, nor on a few wrong labels or copies.
func TestNearCopiesAreNearerThanImagesOfAClass(t *testing.T) {
	for _, apart := range []float32{0, 1, 10} {
		f := standard(dense(100, apart, 1))
		least := nearCopy(f, 2)
		b, err := NewBase(f, Moments{}, 1)
		if err != nil {
			t.Fatal(err)
		}
		if pairs, err := b.Pairs(t.Context(), float32(least), 1e6); err != nil || len(pairs) > 0 {
			t.Errorf("%g apart: %d pairs of different images have a cosine of %g, %v", apart, len(pairs), least, err)
		}
		f.Labels[0], f.Labels[2] = 1, 1
		copy(f.Row(4), f.Row(6))
		if after := nearCopy(f, 2); !(math.Abs(after-least) <= 0.01) {
			t.Errorf("%g apart: from a cosine of %g on, with wrong labels and a copy %g", apart, least, after)
		}
	}
	if c := nearCopy(Features{Dim: 1, X: []float32{1, 2}, Labels: []int32{0, 1}}, 2); !(c >= 0.999) {
		t.Errorf("one image of each class: copies from %g on, want equal ones alone", c)
	}
}

// Near copies are found however many there are, and images of classes that are far apart
// are not taken for copies.
func TestNearCopiesAreGroupedWithTheFirst(t *testing.T) {
	for _, c := range []struct {
		pictures, copies int // of each class
		apart, noise     float32
	}{
		{20, 1, 1, 0.1}, {20, 4, 1, 0.1}, {2, 10, 1, 0.1}, {5, 2, 30, 0.1}, {3, 1, 30, 0.1}, {1, 1, 1, 0.1},
		{1, 4, 1, 0},
	} {
		f := dense(c.pictures, c.apart, 1)
		n := f.Len()
		r := rand.New(rand.NewPCG(3, 0))
		for i := n; i < c.copies*n; i++ {
			for _, v := range f.Row(i % n) {
				f.X = append(f.X, v+c.noise*float32(r.NormFloat64()))
			}
			f.Labels = append(f.Labels, f.Labels[i%n])
		}
		first, err := NearCopies(t.Context(), standard(f), 2)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range first {
			if p != i%n {
				t.Errorf("%+v: image %d is taken for a copy of %d, want %d", c, i, p, i%n)
				break
			}
		}
	}
}

// What looks alike to an encoder and is of another class is no copy, nor is then the rest.
func TestNearCopiesNeedTheSameClass(t *testing.T) {
	f := dense(20, 1, 1)
	for i := range 10 {
		copy(f.Row(20+i), f.Row(i))
	}
	if first, err := NearCopies(t.Context(), standard(f), 2); err != nil || first[20] != 0 || first[29] != 9 {
		t.Errorf("ten copies are not found: %v, %v", first, err)
	}
	for i := range 5 {
		copy(f.Row(31+2*i), f.Row(10+2*i)) // of the other class
	}
	first, err := NearCopies(t.Context(), standard(f), 2)
	if err != nil || !slices.Equal(first, singles(f.Len())) {
		t.Errorf("a third of the copies is of another class: %v, %v", first, err)
	}
}

func singles(n int) []int {
	first := make([]int, n)
	for i := range first {
		first[i] = i
	}
	return first
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
	if found, alone := c.copies(0.9, []int32{0, 0, 1, 1}); found != (Copies{}) || alone != nil {
		t.Errorf("%+v, alone %v: a third of the copies has another class", found, alone)
	}
}

func TestTheNoteOnCopiesCountsThem(t *testing.T) {
	for images, want := range map[int]string{
		100: "3 of the test images look to the encoder like a train image (cosine from 0.90), so accuracies",
		3:   "All test images look to the encoder like a train image (cosine from 0.90): nothing",
	} {
		if got := (Copies{3, 0.9}).note(images, "test"); !strings.HasPrefix(got, want) {
			t.Errorf("of %d: %s", images, got)
		}
	}
}
