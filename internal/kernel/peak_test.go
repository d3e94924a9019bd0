package kernel

import (
	"testing"
	"time"
)

// Every lane of every sum counts: with operands of 1 and 3 the total says how
// many multiply-adds were made.
func TestPeakMakesTheMultiplyAddsThatItCounts(t *testing.T) {
	for _, s := range append(variants(), genericSet()) {
		t.Run(s.Name, func(t *testing.T) {
			testPeak(t, s.F32.peak)
			testPeak(t, s.BF16.peak)
		})
	}
}

func testPeak(t *testing.T, p peakLoop) {
	t.Helper()
	for _, rounds := range []int{1, 2, 3, 64} {
		want := float32(3 * rounds * p.lanes * p.depth)
		if got := p.run(1, 3, rounds); got != want {
			t.Errorf("%d rounds of %d lanes of %d: the sums are %v, want %v", rounds, p.lanes, p.depth, got, want)
		}
	}
}

func TestPeakIsPositive(t *testing.T) {
	for _, s := range Sets() {
		if f32, bf16 := s.F32.Peak(time.Microsecond), s.BF16.Peak(time.Microsecond); f32 <= 0 || bf16 <= 0 {
			t.Errorf("%s: %v and %v operations in a second", s.Name, f32, bf16)
		}
	}
}
