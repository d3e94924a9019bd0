package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestNCEEqualsItsTwin(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		r := rand.New(rand.NewPCG(31, 32))
		for _, n := range append(widths, 1<<16+9) {
			for _, clip := range []float32{20, 0.5, 0} {
				c := NCEClip{Scale: 0.3, Clip: clip, Top: 2}
				x := randomGuarded[float32](r, n)
				testNCEScores(t, s, x, c)
				special(r, x.x)
				testNCEScores(t, s, x, c)
			}
			testNCEGradient(t, r, &s.F32, n)
			testNCEGradient(t, r, &s.BF16, n)
		}
	})
}

// testNCEScores allows dst and Σ e^(y−Top) what y may be off: Clip times the 4 ulp
// of tanh, 5e-6 for a clip of 20.
func testNCEScores(t *testing.T, s *Set, x guarded[float32], c NCEClip) {
	t.Helper()
	n := len(x.x)
	got, want := newGuarded[float32](n), make([]float32, n)
	gotSum, wantSum := s.NCEScores(got.x, x.x, c), nceGeneric(want, x.x, c)
	name := fmt.Sprintf("NCEScores n %d %+v", n, c)
	equalWithin(t, name, got.x, want, 1e-5)
	got.intact(t, name)
	if gotSum.Beyond != wantSum.Beyond {
		t.Fatalf("%s: %d beyond the clip, want %d", name, gotSum.Beyond, wantSum.Beyond)
	}
	closeTo(t, name+": Σ s²", gotSum.Square, wantSum.Square, 1e-12)
	closeTo(t, name+": Σ e", gotSum.Exp, wantSum.Exp, 1e-5)
	inPlace := slices.Clone(x.x)
	s.NCEScores(inPlace, inPlace, c)
	equalWithin(t, name+" in place", inPlace, got.x, 0)
}

func closeTo(t *testing.T, name string, got, want, tol float64) {
	t.Helper()
	if !(got == want || math.Abs(got-want) <= tol*math.Abs(want)) && (got == got || want == want) {
		t.Fatalf("%s is %v, want %v", name, got, want)
	}
}

func testNCEGradient[E Elem](t *testing.T, r *rand.Rand, p *Products[E], n int) {
	u, x := randomGuarded[float32](r, n), randomGuarded[float32](r, n)
	special(r, u.x)
	special(r, x.x)
	got, want := newGuarded[E](n), make([]E, n)
	p.NCEGradient(got.x, 0.7, u.x, 0.2, x.x)
	nceGradientGeneric(want, 0.7, u.x, 0.2, x.x)
	name := fmt.Sprintf("NCEGradient of %T n %d", want, n)
	equalWithin(t, name, got.x, want, rowTol[E]())
	got.intact(t, name)
	if dst, ok := any(x.x).([]E); ok {
		p.NCEGradient(dst, 0.7, u.x, 0.2, x.x)
		equalWithin(t, name+" in place", dst, got.x, 0)
		x.intact(t, name+" in place")
	}
}

// The formulas of the comment, in float64.
func TestNCEScoresAreTheFormulas(t *testing.T) {
	x := []float32{-70, -3, 0, 0.25, 4, 50}
	for _, s := range Sets() {
		for _, c := range []NCEClip{{Scale: 0.5, Clip: 20, Top: 20}, {Scale: 0.5, Top: 25}} {
			u := make([]float32, len(x))
			got := s.NCEScores(u, x, c)
			var want NCESums
			for i, v := range x {
				score := float64(v) / 2
				y, slope := score, 1.0
				if c.Clip != 0 {
					y, slope = 20*math.Tanh(score/20), 1-math.Pow(math.Tanh(score/20), 2)
					if math.Abs(score) > 20 {
						want.Beyond++
					}
				}
				e := math.Exp(y - float64(c.Top))
				want.Square += score * score
				want.Exp += e
				closeTo(t, fmt.Sprintf("%s: u of %v", s.Name, v), float64(u[i]), e*slope, 2e-5)
			}
			closeTo(t, s.Name+": Σ s²", got.Square, want.Square, 1e-7)
			closeTo(t, s.Name+": Σ e", got.Exp, want.Exp, 1e-5)
			if got.Beyond != want.Beyond {
				t.Errorf("%s: %d beyond the clip, want %d", s.Name, got.Beyond, want.Beyond)
			}
		}
	}
}

// ulps is the distance of got from want in units of the last place of want as a
// float32.
func ulps(got float32, want float64) float64 {
	w := float32(want)
	ulp := float64(math.Nextafter32(max(w, -w), float32(math.Inf(1)))) - math.Abs(float64(w))
	return math.Abs(float64(got)-want) / ulp
}

// Without a clip a score's share is e^(x − Top) alone.
func TestNCEScoresExponentiateWithin2ULP(t *testing.T) {
	x := make([]float32, 1<<15)
	for i := range x {
		x[i] = -87.3 + 176*float32(i)/float32(len(x))
	}
	low := []float32{float32(math.Inf(-1)), -1000, -88, -87.33655}
	y := make([]float32, len(x))
	for _, s := range Sets() {
		s.NCEScores(y, x, NCEClip{Scale: 1})
		for i, v := range x {
			if d := ulps(y[i], math.Exp(float64(v))); d > 2 {
				t.Fatalf("%s: e^%v is %v, off by %.2f ulp", s.Name, v, y[i], d)
			}
		}
		s.NCEScores(y[:len(low)], low, NCEClip{Scale: 1})
		for i, v := range low {
			if y[i] != 0 {
				t.Errorf("%s: e^%v is %v, want 0", s.Name, v, y[i])
			}
		}
	}
}
