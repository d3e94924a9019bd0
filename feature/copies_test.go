package feature

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
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
		least := CopyCosine(f, 2)
		b, err := NewBase(f, Moments{}, 1)
		if err != nil {
			t.Fatal(err)
		}
		if pairs, err := b.Pairs(t.Context(), float32(least), 1e6); err != nil || len(pairs) > 0 {
			t.Errorf("%g apart: %d pairs of different images have a cosine of %g, %v", apart, len(pairs), least, err)
		}
		f.Labels[0], f.Labels[2] = 1, 1
		copy(f.Row(4), f.Row(6))
		if after := CopyCosine(f, 2); !(math.Abs(after-least) <= 0.01) {
			t.Errorf("%g apart: from a cosine of %g on, with wrong labels and a copy %g", apart, least, after)
		}
	}
	if c := CopyCosine(Features{Dim: 1, X: []float32{1, 2}, Labels: []int32{0, 1}}, 2); !(c >= 0.999) {
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
