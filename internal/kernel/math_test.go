package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestMathEqualsItsTwin(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		r := rand.New(rand.NewPCG(23, 24))
		for _, n := range widths {
			testMath(t, r, s, n)
			testSums64(t, r, s, n)
			testAddRows(t, r, s, n)
			testAdam(t, r, s, n)
		}
	})
}

func testMath(t *testing.T, r *rand.Rand, s *Set, n int) {
	twin := genericMath()
	x, y := randomGuarded[float32](r, n), randomGuarded[float32](r, n)
	special(r, x.x)
	for _, k := range []struct {
		name      string
		got, want func(dst []float32)
	}{
		{"Axpy", func(d []float32) { s.Axpy(d, 0.3, x.x) }, func(d []float32) { twin.axpy(d, 0.3, x.x) }},
		{"Scale", func(d []float32) { s.Scale(d, 0.3, x.x) }, func(d []float32) { twin.scale(d, 0.3, x.x) }},
	} {
		got, want := newGuarded[float32](n), slices.Clone(y.x)
		copy(got.x, y.x)
		k.got(got.x)
		k.want(want)
		name := fmt.Sprintf("%s n %d", k.name, n)
		equalWithin(t, name, got.x, want, 1e-6)
		got.intact(t, name)
	}
}

// testSums64 compares the float64 sum to 1e-12 of the sum of magnitudes: only
// its order differs.
func testSums64(t *testing.T, r *rand.Rand, s *Set, n int) {
	twin := genericMath()
	x, y := randomGuarded[float32](r, n).x, randomGuarded[float32](r, n).x
	if got, want := s.Dot(x, y), twin.dot(x, y); !(math.Abs(got-want) <= 1e-12*float64(n)) {
		t.Fatalf("Dot n %d is %v, want %v", n, got, want)
	}
	for i := range x {
		x[i] -= 9 // all negative: a zero from outside would win
	}
	if got, want := s.Max(x), slices.Max(x); got != want {
		t.Fatalf("Max n %d is %v, want %v", n, got, want)
	}
	x[r.IntN(n)] = float32(math.NaN())
	if got := s.Max(x); got == got {
		t.Fatalf("Max n %d is %v, want NaN", n, got)
	}
}

func testAddRows(t *testing.T, r *rand.Rand, s *Set, n int) {
	const rows = 5
	ld := n + r.IntN(3)
	src, got := randomGuarded[float32](r, (rows-1)*ld+n), randomGuarded[float32](r, 3*n)
	want := slices.Clone(got.x)
	off := []int32{int32(2 * n), int32(n), 0, int32(n / 2), int32(n / 2)}
	s.AddRows(got.x, off, src.x, ld, n)
	addRowsGeneric(want, off, src.x, ld, n)
	name := fmt.Sprintf("AddRows n %d", n)
	equalWithin(t, name, got.x, want, 0)
	got.intact(t, name)
}

func testAdam(t *testing.T, r *rand.Rand, s *Set, n int) {
	p := AdamParams{
		LR: 1e-3, Beta1: 0.8, Beta2: 0.99, Eps: 1e-8, WeightDecay: 1e-2,
		Correction1: 0.36, Correction2: 0.02,
	}
	var got [4]guarded[float32]
	var want [4][]float32
	for i := range got {
		got[i] = randomGuarded[float32](r, n)
		if i == 2 {
			(&genericSet().F32).ReLUMask(got[i].x, got[i].x, got[i].x) // v ≥ 0
		}
		want[i] = slices.Clone(got[i].x)
	}
	s.AdamStep(got[0].x, got[1].x, got[2].x, got[3].x, p)
	adamGeneric(want[0], want[1], want[2], want[3], p)
	for i, what := range []string{"w", "m", "v", "g"} {
		name := fmt.Sprintf("AdamStep n %d: %s", n, what)
		equalWithin(t, name, got[i].x, want[i], 1e-6)
		got[i].intact(t, name)
	}
}

// Kingma and Ba 2015, algorithm 1, in float64 by hand.
func TestAdamStepIsAlgorithm1(t *testing.T) {
	p := AdamParams{
		LR: 0.1, Beta1: 0.9, Beta2: 0.99, Eps: 1e-3, WeightDecay: 0.5,
		Correction1: 1 - 0.81, Correction2: 1 - 0.9801,
	}
	for _, s := range Sets() {
		w, m, v := []float32{2}, []float32{0.25}, []float32{0.0625}
		s.AdamStep(w, m, v, []float32{-0.5}, p)
		const g = -0.5 + 0.5*2
		wantM, wantV := 0.9*0.25+0.1*g, 0.99*0.0625+0.01*g*g
		wantW := 2 - 0.1*(wantM/(1-0.81))/(math.Sqrt(wantV/(1-0.9801))+1e-3)
		for i, x := range [][2]float64{{float64(w[0]), wantW}, {float64(m[0]), wantM}, {float64(v[0]), wantV}} {
			if !(math.Abs(x[0]-x[1]) <= 1e-6) {
				t.Errorf("%s: result %d is %v, want %v", s.Name, i, x[0], x[1])
			}
		}
	}
}

func TestSumsCrossStretches(t *testing.T) {
	x := slices.Repeat([]float32{1}, 2*(1<<16)+5)
	x[len(x)-1] = 3
	for _, s := range Sets() {
		if got, want := s.Dot(x, x), float64(len(x)+8); got != want {
			t.Errorf("%s: Dot is %v, want %v", s.Name, got, want)
		}
		if got := s.Max(x); got != 3 {
			t.Errorf("%s: Max is %v, want 3", s.Name, got)
		}
	}
}
