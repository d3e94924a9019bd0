package rng

import (
	"math"
	"slices"
	"testing"
)

// Lengths cross the 32 words of eight blocks, starts those of one block.
func TestBernoulliComparesTheNextWords(t *testing.T) {
	const guard = 16
	nan := float32(math.NaN())
	for start := range 9 {
		for n := range 140 {
			for _, below := range []uint32{0, 1, 1 << 31, 3435973836, math.MaxUint32} {
				s := New(uint64(n)<<33|5, 3, n, Dropout)
				s.ctr[0] = uint32(-start / 2) // counters also wrap
				for range start {
					s.Uint32()
				}
				words := s
				all := slices.Repeat([]float32{nan}, n+2*guard)
				s.Bernoulli(all[guard:guard+n:guard+n], below)
				for i, got := range all {
					inside := i >= guard && i < guard+n
					if !inside && got == got {
						t.Fatalf("element %d of %d written", i-guard, n)
					}
					if inside && (got != 0 && got != 1 || got == 1 != (words.Uint32() < below)) {
						t.Fatalf("start %d, element %d of %d below %d: %g", start, i-guard, n, below, got)
					}
				}
				if got, want := s.Uint32(), words.Uint32(); got != want {
					t.Fatalf("start %d, %d elements: then %d, want %d", start, n, got, want)
				}
			}
		}
	}
}

func BenchmarkBernoulli(b *testing.B) {
	dst := make([]float32, 1024)
	s := New(1, 2, 3, Dropout)
	b.SetBytes(4 * int64(len(dst)))
	for b.Loop() {
		s.Bernoulli(dst, 1<<31)
	}
}

func TestBelowIsAProbability(t *testing.T) {
	for p, want := range map[float64]uint32{0: 0, 0.5: 1 << 31, 0.8: 3435973836, 1: math.MaxUint32} {
		if got := Below(p); got != want {
			t.Errorf("Below(%g) = %d, want %d", p, got, want)
		}
	}
}
