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
		if got := c.s.Half(); !(math.Abs(got-c.half) <= 1e-5) { // the table's digits
			t.Errorf("%g, want %g", got, c.half)
		}
	}
}

// Three runs that agree on 12 images say no more about others than one of them.
func TestAnIntervalOfRunsIsNeverNarrowerThanThatOfTheirImages(t *testing.T) {
	for _, c := range []struct {
		s Score
		n int
	}{
		{NewScore(0.75, 0.75, 0.75), 12}, {NewScore(0.7, 0.75, 0.8), 12},
		{NewScore(1, 1), 5}, {NewScore(0, 1), 4},
	} {
		runs, images := runsInterval(c.s, c.n, OverSeeds), WilsonInterval(c.s.Mean, c.n, OverImages)
		if runs.Low > images.Low || runs.High < images.High || runs.Low < 0 || runs.High > 1 {
			t.Errorf("%v on %d images: %v, Wilson's %v", c.s, c.n, runs, images)
		}
	}
	// Wilson's 0.4677 to 0.9111 of 0.75 (12 images), and Student's half width 0.1242.
	got := runsInterval(NewScore(0.7, 0.75, 0.8), 12, OverSeeds)
	if !(math.Abs(got.Low-0.4416) <= 2e-4) || !(math.Abs(got.High-0.9534) <= 2e-4) ||
		got.Over != "seeds, images" {
		t.Errorf("%+v, want 0.4416 to 0.9534", got)
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
