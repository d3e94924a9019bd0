package eval

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/amdim/amdim/segment"
)

func measuredBy(ari ...float64) []Measured {
	all := make([]Measured, len(ari))
	for i, a := range ari {
		all[i] = Measured{Image: i, Agreement: segment.Agreement{AdjustedRand: a}}
	}
	return all
}

// Images differ more than ways to segment them: pairs tell what means do not. The
// quantile of Student's t at 3 degrees of freedom is 3.1824 (Fisher's table).
func TestALeadIsPairedByImage(t *testing.T) {
	for _, c := range []struct {
		name              string
		mixture, baseline []float64
		mean, half        float64
		sign              int
	}{
		{"a little on every image", []float64{0.11, 0.52, 0.31, 0.92}, []float64{0.1, 0.5, 0.3, 0.9}, 0.015,
			3.1824 * 0.0057735 / 2, 1},
		{"behind", []float64{0.1, 0.5, 0.3, 0.9}, []float64{0.11, 0.52, 0.31, 0.92}, -0.015,
			3.1824 * 0.0057735 / 2, -1},
		{"a lot on one", []float64{0.5, 0.5, 0.5, 0.9}, []float64{0.5, 0.5, 0.5, 0.5}, 0.1, 3.1824 * 0.2 / 2, 0},
		{"the same", []float64{0.5, 0.1}, []float64{0.5, 0.1}, 0, 0, 0},
	} {
		d := leadOf(measuredBy(c.mixture...), measuredBy(c.baseline...)).AdjustedRand
		if d.Sign() != c.sign || !(math.Abs(d.Mean-c.mean) <= 1e-12) || !(math.Abs(d.High-d.Mean-c.half) <= 1e-5) ||
			math.Abs(d.Mean-d.Low-c.half) > 1e-5 { // the table's digits
			t.Errorf("%s: %+v of sign %d, want %g ± %g and %d", c.name, d, d.Sign(), c.mean, c.half, c.sign)
		}
	}
}

func TestSegmentedRowsSayHowFarTheMixtureIsAhead(t *testing.T) {
	var one, many Segmented
	for i, a := range []float64{0.11, 0.52, 0.31, 0.92} {
		for _, r := range []*Segmented{&many, &one} {
			if r == &many || i == 0 {
				r.add(Mixture, measuredBy(a)[0])
				r.add(OneSegment, measuredBy(a - 0.1)[0])
			}
		}
	}
	one.summarise()
	many.summarise()
	if one.Row(OneSegment).Lead != nil || many.Row(Mixture).Lead != nil {
		t.Error("one image has an interval, or the mixture is ahead of itself")
	}
	l := many.Row(OneSegment).Lead
	if l == nil || !(math.Abs(l.AdjustedRand.Mean-0.1) <= 1e-12) || l.IoU != nil {
		t.Errorf("lead %+v", l)
	}
	for r, want := range map[*Segmented]bool{&one: false, &many: true} {
		var text bytes.Buffer
		if err := r.Print(&text); err != nil || strings.Contains(text.String(), "+0.100 ± 0.000") != want {
			t.Errorf("%v, interval printed: not %v\n%s", err, want, &text)
		}
	}
}
