package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// guard is how many NaN lie before and after every slice of a test: a whole row
// of the widest tile.
const guard = 64

// guarded returns n elements between guards. Whatever reads a guard into a
// result makes it NaN; intact tells whether something was written there.
type guarded[E Elem] struct {
	all []E
	x   []E
}

func newGuarded[E Elem](n int) guarded[E] {
	all := make([]E, n+2*guard)
	nan := make([]float32, len(all))
	for i := range nan {
		nan[i] = float32(math.NaN())
	}
	narrowGeneric(all, nan)
	x := all[guard : guard+n : guard+n]
	clear(x)
	return guarded[E]{all, x}
}

// randomGuarded draws from a standard normal distribution.
func randomGuarded[E Elem](r *rand.Rand, n int) guarded[E] {
	g := newGuarded[E](n)
	copy(g.x, random[E](r, n))
	return g
}

// intact fails if a guard was written.
func (g guarded[E]) intact(t *testing.T, name string) {
	t.Helper()
	for i, x := range g.all {
		inside := i >= guard && i < guard+len(g.x)
		if !inside && !math.IsNaN(wide(x)) {
			t.Fatalf("%s: element %d of %d written", name, i-guard, len(g.x))
		}
	}
}

func random[E Elem](r *rand.Rand, n int) []E {
	wide := make([]float32, n)
	for i := range wide {
		wide[i] = float32(r.NormFloat64())
	}
	x := make([]E, n)
	narrowGeneric(x, wide)
	return x
}

func wide[E Elem](x E) float64 {
	var w [1]float32
	widenGeneric(w[:], []E{x})
	return float64(w[0])
}

// equalWithin fails unless got and want agree to tol·(1+|want|), NaN with NaN and
// infinities exactly.
func equalWithin[E Elem](t *testing.T, name string, got, want []E, tol float64) {
	t.Helper()
	for i := range want {
		g, w := wide(got[i]), wide(want[i])
		if g == w || (g != g && w != w) || math.Abs(g-w) <= tol*(1+math.Abs(w)) {
			continue
		}
		t.Fatalf("%s: element %d of %d is %v, want %v", name, i, len(want), g, w)
	}
}

// eachSet runs body for every set of this machine that has a twin to be equal
// to, and for the variants a better processor hides.
func eachSet(t *testing.T, body func(t *testing.T, s *Set)) {
	sets := variants()
	if len(sets) == 0 {
		t.Skip("this machine runs the generic set only")
	}
	for _, s := range sets {
		t.Run(s.Name, func(t *testing.T) { body(t, s) })
	}
}
