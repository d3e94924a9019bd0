package rng

import "math"

// Below is the bound that Bernoulli takes for a probability: p·2³², to the next number
// below.
func Below(p float64) uint32 { return uint32(min(p*(1<<32), math.MaxUint32)) }

// Bernoulli sets each element of dst to 1 if the next Uint32 is less than below,
// which has probability below/2³², else to 0.
func (s *Stream) Bernoulli(dst []float32, below uint32) {
	begun := min(s.n, len(dst)) // words of a block that was begun
	s.bernoulliGeneric(dst[:begun], below)
	dst = dst[begun:]
	n := s.bernoulliVector(dst, below)
	s.bernoulliGeneric(dst[n:], below)
}

func (s *Stream) bernoulliGeneric(dst []float32, below uint32) {
	for i := range dst {
		dst[i] = 0
		if s.Uint32() < below {
			dst[i] = 1
		}
	}
}
