package rng

import (
	"math"
	"math/bits"
)

// Version is stored in every checkpoint; it changes when any draw changes.
const Version = 1

// Purpose separates the streams of one item. The numbers are part of Version.
type Purpose uint32

// Purposes. Append only.
const (
	Order    Purpose = iota // order of the images in an epoch
	Flip                    // flip shared by both views
	Augment1                // view 1
	Augment2                // view 2
	Location                // sampled 5×5 antecedent location
	Dropout                 // dropout masks
	Init                    // initial weights
	Probe                   // order of batches in a probe
	Generate                // generated images
	Sample                  // choice of images for a picture or a statistic
	Policy1                 // policy and lighting of view 1
	Policy2                 // and of view 2
)

// Stream is a sequence of draws. The zero value is the stream of zeros
// (seed 0, epoch 0, item 0, Order). Copying a Stream copies its position.
type Stream struct {
	key [2]uint32
	ctr [4]uint32
	out [4]uint32
	n   int // words of out still unused
}

// New returns the stream of (seed, epoch, item, purpose).
func New(seed uint64, epoch, item int, p Purpose) Stream {
	return Stream{
		key: [2]uint32{uint32(seed), uint32(seed >> 32)},
		ctr: [4]uint32{0, uint32(p), uint32(item), uint32(epoch)},
	}
}

// Uint32 returns the next 32 bits.
func (s *Stream) Uint32() uint32 {
	if s.n == 0 {
		s.out = philox(s.ctr, s.key)
		s.ctr[0]++
		s.n = 4
	}
	s.n--
	return s.out[3-s.n]
}

// Uint64 returns the next 64 bits.
func (s *Stream) Uint64() uint64 {
	hi := uint64(s.Uint32())
	return hi<<32 | uint64(s.Uint32())
}

// Float64 returns a number in [0, 1) with 53 random bits.
func (s *Stream) Float64() float64 { return float64(s.Uint64()>>11) * 0x1p-53 }

// Uniform returns a number in [lo, hi).
func (s *Stream) Uniform(lo, hi float64) float64 {
	// The conversion forbids a fused multiply-add: all platforms draw alike.
	return lo + float64((hi-lo)*s.Float64())
}

// Bool returns true with probability p.
func (s *Stream) Bool(p float64) bool { return s.Float64() < p }

// IntN returns a number in [0, n) without modulo bias (Lemire 2019,
// arXiv 1805.10941). It panics when n ≤ 0.
func (s *Stream) IntN(n int) int {
	if n <= 0 || uint64(n) > math.MaxUint32 {
		panic("rng: IntN: n out of range")
	}
	m := uint32(n)
	hi, lo := bits.Mul32(s.Uint32(), m)
	for reject := -m % m; lo < reject; {
		hi, lo = bits.Mul32(s.Uint32(), m)
	}
	return int(hi)
}

// Normal returns a draw from N(0, 1) by Box and Muller 1958.
func (s *Stream) Normal() float64 {
	u := 1 - s.Float64() // in (0, 1], so that the logarithm is finite
	return math.Sqrt(-2*math.Log(u)) * math.Cos(2*math.Pi*s.Float64())
}

// Perm returns a permutation of [0, n) by Fisher and Yates.
func (s *Stream) Perm(n int) []int {
	p := make([]int, n)
	for i := range p {
		j := s.IntN(i + 1)
		p[i] = p[j]
		p[j] = i
	}
	return p
}

// Weighted returns i with a probability proportional to weight[i], 0 or more; −1 if all are 0.
func Weighted[F float32 | float64](s *Stream, weight []F) int {
	var sum float64
	for _, w := range weight {
		sum += float64(w)
	}
	u, last := s.Float64()*sum, -1
	for i, w := range weight {
		if w > 0 {
			last = i
			if u -= float64(w); u < 0 {
				break
			}
		}
	}
	return last
}

// philox is Philox4x32 with 10 rounds. (Arrays would not stay in registers.)
func philox(c [4]uint32, k [2]uint32) [4]uint32 {
	const m0, m1 = 0xD2511F53, 0xCD9E8D57 // multipliers of Salmon et al. 2011, table 2
	const w0, w1 = 0x9E3779B9, 0xBB67AE85 // Weyl constants: golden ratio and √3 − 1
	c0, c1, c2, c3 := c[0], c[1], c[2], c[3]
	k0, k1 := k[0], k[1]
	for range 10 {
		hi0, lo0 := bits.Mul32(m0, c0)
		hi1, lo1 := bits.Mul32(m1, c2)
		c0, c1, c2, c3 = hi1^c1^k0, lo1, hi0^c3^k1, lo0
		k0 += w0
		k1 += w1
	}
	return [4]uint32{c0, c1, c2, c3}
}
