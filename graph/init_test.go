package graph

import (
	"math"
	"strings"
	"testing"

	"github.com/amdim/amdim/internal/rng"
)

// U(±b) has variance b²/3; of 18432 draws it is met to 3 %, 4 standard
// deviations of the estimate, and the largest lies within 1e-3 of b.
func TestFillOfUniformRules(t *testing.T) {
	const seed = 1
	shape := []int{3, 3, 32, 64}
	for _, c := range []struct {
		name  string
		init  Init
		bound float64
	}{
		{"fan in", FanIn(), 1 / math.Sqrt(3*3*32)},
		{"fan in ×2", Init{Rule: FanInUniform, Bound: 2}, 2 / math.Sqrt(3*3*32)},
		{"uniform", Uniform(0.25), 0.25},
	} {
		r := rng.New(seed, 0, 0, rng.Init)
		w := make([]float32, 3*3*32*64)
		Var{Shape: shape, Init: c.init}.Fill(w, r.Uniform)
		var mean, square, top float64
		for _, x := range w {
			mean += float64(x) / float64(len(w))
			square += float64(x) * float64(x) / float64(len(w))
			top = max(top, math.Abs(float64(x)))
		}
		if !(math.Abs(mean) <= 0.03*c.bound) || !(math.Abs(square/(c.bound*c.bound/3)-1) <= 0.03) {
			t.Errorf("%s, seed %d: mean %g and mean square %g, want 0 and %g",
				c.name, seed, mean, square, c.bound*c.bound/3)
		}
		if !(0.999*c.bound <= top && top <= c.bound) {
			t.Errorf("%s, seed %d: largest %g, want just under %g", c.name, seed, top, c.bound)
		}
	}
}

// Of 18432 draws from N(0, σ²) the mean square is met to 3 %, and 31.7 % lie beyond
// σ: 3 standard deviations of that share are 1 %.
func TestFillOfTheNormalRule(t *testing.T) {
	r := rng.New(1, 0, 0, rng.Init)
	w := make([]float32, 72*256)
	Var{Shape: []int{72, 256}, Init: Normal(0.1)}.Fill(w, r.Uniform)
	sigma := 0.1 / math.Sqrt(72)
	var mean, square, beyond float64
	for _, x := range w {
		z := float64(x) / sigma
		mean += z / float64(len(w))
		square += z * z / float64(len(w))
		if math.Abs(z) > 1 {
			beyond += 1 / float64(len(w))
		}
	}
	if !(math.Abs(mean) <= 0.03) || !(math.Abs(square-1) <= 0.03) || !(math.Abs(beyond-0.317) <= 0.01) {
		t.Errorf("mean %g, mean square %g, beyond σ %g", mean, square, beyond)
	}
}

func TestFillOfConstants(t *testing.T) {
	for want, init := range map[float32]Init{0: Zeros(), 1: Ones()} {
		w := []float32{7, 7, 7}
		Var{Shape: []int{3}, Init: init}.Fill(w, func(lo, hi float64) float64 { panic("drawn") })
		for _, x := range w {
			if x != want {
				t.Errorf("filled with %v, want %g", w, want)
			}
		}
	}
}

// Wide and tall: exact ones on the diagonal of the last two dimensions alone.
func TestShortcutHasOnesOnItsDiagonal(t *testing.T) {
	for _, shape := range [][]int{{1, 1, 3, 5}, {1, 1, 5, 3}} {
		r := rng.New(1, 0, 0, rng.Init)
		w := make([]float32, 15)
		Var{Shape: shape, Init: Shortcut(0.01)}.Fill(w, r.Uniform)
		for i, x := range w {
			diagonal := i/shape[3] == i%shape[3]
			if diagonal != (x == 1) || !diagonal && !(math.Abs(float64(x)) <= 0.01) {
				t.Errorf("%v: element (%d, %d) is %g", shape, i/shape[3], i%shape[3], x)
			}
		}
	}
}

func TestFillRefusesAnotherLength(t *testing.T) {
	msg := panicOf(func() { Var{Name: "w", Shape: []int{2, 2}}.Fill(make([]float32, 3), nil) })
	if !strings.Contains(msg, "Fill w: len = 3, need 4") {
		t.Errorf("panic %q", msg)
	}
}
