// Package rng is the only source of randomness in amdim: counter-based streams.
//
// A draw is a function of (seed, epoch, item, purpose) and its position in the
// stream, so neither the order in which images are visited nor the number of
// threads can change it, and a run that was killed and resumed makes the same
// draws. The generator is Philox4x32-10 (Salmon et al. 2011, "Parallel Random
// Numbers: As Easy as 1, 2, 3", SC11, section 3.3), checked against its
// published vectors.
//
//	s := rng.New(seed, epoch, item, rng.Augment1)
//	dx := s.IntN(9) - 4
package rng
