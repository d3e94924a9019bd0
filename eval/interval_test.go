package eval

import (
	"math"
	"testing"
)

// Quantiles of Student's t from Fisher's table: 4.3027 at 2 degrees of freedom,
// 2.2622 at 9.
func TestStudentIntervalByTheTable(t *testing.T) {
	three := NewScore(0.5, 0.51, 0.52) // deviation 0.01
	ten := NewScore(0.4, 0.6, 0.4, 0.6, 0.4, 0.6, 0.4, 0.6, 0.4, 0.6)
	for _, c := range []struct {
		s    Score
		half float64
	}{{three, 4.3027 * 0.01 / math.Sqrt(3)}, {ten, 2.2622 * math.Sqrt(0.1/9) / math.Sqrt(10)}} {
		i := studentInterval(c.s, OverSeeds)
		if !(math.Abs(i.High-c.s.Mean-c.half) <= 1e-5) ||
			!(math.Abs(c.s.Mean-i.Low-c.half) <= 1e-5) { // the table's digits
			t.Errorf("%+v around %g, want ± %g", i, c.s.Mean, c.half)
		}
	}
	if i := studentInterval(NewScore(0, 1), OverSeeds); i.Low != 0 || i.High != 1 {
		t.Errorf("%+v is not cut to shares", i)
	}
}

func TestWilsonIntervalIsOfShares(t *testing.T) {
	for n := 1; n < 2000; n++ {
		for _, p := range []float64{0, 1} {
			if i := WilsonInterval(p, n, OverImages); i.Low < 0 || i.High > 1 {
				t.Fatalf("share %g of %d: %v", p, n, i)
			}
		}
	}
}

// Of 10 right answers of 10, Wilson's interval begins at 10/(10 + z²) = 0.7225;
// of 5, it is 0.2366 to 0.7634.
func TestWilsonIntervalOfKnownShares(t *testing.T) {
	for _, c := range []struct{ p, low, high float64 }{{1, 0.7225, 1}, {0, 0, 0.2775}, {0.5, 0.2366, 0.7634}} {
		i := WilsonInterval(c.p, 10, OverImages)
		if !(math.Abs(i.Low-c.low) <= 5e-5) || !(math.Abs(i.High-c.high) <= 5e-5) {
			t.Errorf("share %g: %+v, want %g to %g", c.p, i, c.low, c.high)
		}
	}
}
