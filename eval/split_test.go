package eval

import (
	"errors"
	"math"
	"testing"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/feature"
	"github.com/amdim/amdim/internal/rng"
)

// random returns n vectors with labels below classes.
func random(seed uint64, n, dim, classes int) feature.Features {
	s := rng.New(seed, 0, 0, rng.Sample)
	f := feature.Features{Dim: dim, X: make([]float32, n*dim), Labels: make([]int32, n)}
	for i := range f.X {
		f.X[i] = float32(s.Normal())
	}
	for i := range f.Labels {
		f.Labels[i] = int32(s.IntN(classes))
	}
	return f
}

func TestFeaturesThatAreNotFiniteAreNamed(t *testing.T) {
	s := Split{random(1, 6, 2, 4), random(2, 6, 2, 4)}
	if err := s.finite(); err != nil {
		t.Fatal(err)
	}
	s.Test.X[5] = float32(math.Inf(1))
	err, want := s.finite(), "eval: f1: feature 1 of test image 2 is not finite"
	var bad *engine.NonFiniteError
	if !errors.As(err, &bad) || err.Error() != want {
		t.Errorf("error %v, want an *engine.NonFiniteError, %q", err, want)
	}
}
