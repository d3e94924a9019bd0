package rng

import (
	"math"
	"testing"
)

// Known answers published with Random123 (Salmon et al. 2011).
func TestPhiloxEqualsPublishedVectors(t *testing.T) {
	for _, c := range []struct {
		ctr  [4]uint32
		key  [2]uint32
		want [4]uint32
	}{
		{[4]uint32{}, [2]uint32{}, [4]uint32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
		{
			[4]uint32{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, [2]uint32{0xffffffff, 0xffffffff},
			[4]uint32{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
		},
		{
			[4]uint32{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, [2]uint32{0xa4093822, 0x299f31d0},
			[4]uint32{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
		},
	} {
		if got := philox(c.ctr, c.key); got != c.want {
			t.Errorf("philox(%x, %x) = %x, want %x", c.ctr, c.key, got, c.want)
		}
	}
}

func TestStreamsOfDifferentKeysDiffer(t *testing.T) {
	seen := map[uint64]bool{}
	for seed := range uint64(3) {
		for epoch := range 3 {
			for item := range 3 {
				for p := Order; p <= Policy2; p++ {
					s := New(seed, epoch, item, p)
					seen[s.Uint64()] = true
				}
			}
		}
	}
	if want := 27 * int(Policy2+1); len(seen) != want {
		t.Errorf("%d different first draws, want %d", len(seen), want)
	}
}

func TestMomentsOfDraws(t *testing.T) {
	const n = 200_000
	s := New(1, 0, 0, Order)
	var u, z, z2 float64
	count := [7]int{}
	for range n {
		u += s.Float64()
		x := s.Normal()
		z += x
		z2 += x * x
		count[s.IntN(7)]++
	}
	// Bounds are five standard errors.
	if d := math.Abs(u/n - 0.5); !(d <= 5*math.Sqrt(1.0/12/n)) {
		t.Errorf("mean of Float64 is off by %g", d)
	}
	if d := math.Abs(z / n); !(d <= 5/math.Sqrt(n)) {
		t.Errorf("mean of Normal is off by %g", d)
	}
	if d := math.Abs(z2/n - 1); !(d <= 5*math.Sqrt(2.0/n)) {
		t.Errorf("variance of Normal is off by %g", d)
	}
	for i, c := range count {
		if d := math.Abs(float64(c)/n - 1.0/7); !(d <= 5*math.Sqrt(6.0/49/n)) {
			t.Errorf("IntN(7) gives %d with share %g", i, float64(c)/n)
		}
	}
}

func TestPermIsAPermutation(t *testing.T) {
	s := New(2, 0, 0, Order)
	seen := make([]bool, 1000)
	for _, i := range s.Perm(1000) {
		if seen[i] {
			t.Fatalf("%d twice", i)
		}
		seen[i] = true
	}
}

func TestWeightedDrawsInProportion(t *testing.T) {
	weight := []float32{0, 1, 0, 6, 3, 0}
	const n, sum = 100_000, 10
	s := New(3, 0, 0, Sample)
	count := make([]int, len(weight))
	for range n {
		count[Weighted(&s, weight)]++
	}
	for i, w := range weight {
		p := float64(w) / sum
		if d := math.Abs(float64(count[i])/n - p); !(d <= 5*math.Sqrt(p*(1-p)/n)) { // standard errors
			t.Errorf("%d is drawn with share %g, want %g", i, float64(count[i])/n, p)
		}
	}
	for _, none := range [][]float64{nil, {0, 0}} {
		if i := Weighted(&s, none); i != -1 {
			t.Errorf("of weights %v: %d, want -1", none, i)
		}
	}
}
