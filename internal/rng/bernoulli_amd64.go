//go:build !noasm

package rng

import (
	"os"

	"golang.org/x/sys/cpu"
)

// vector says that blocks are made in AVX2; AMDIM_KERNEL=generic switches that off.
var vector = cpu.X86.HasAVX2 && os.Getenv("AMDIM_KERNEL") != "generic"

// bernoulliAVX2 sets 32·n elements of dst from the blocks that begin with ctr.
// Its twin is bernoulliGeneric.
//
//go:noescape
func bernoulliAVX2(dst *float32, n int, ctr *[4]uint32, key *[2]uint32, below uint32)

// bernoulliVector sets the first elements of dst from whole blocks, eight at a
// time, and returns how many. No word of a block may be left.
func (s *Stream) bernoulliVector(dst []float32, below uint32) int {
	n := len(dst) / 32
	if !vector || n == 0 || below == 0 {
		return 0
	}
	bernoulliAVX2(&dst[0], n, &s.ctr, &s.key, below)
	s.ctr[0] += uint32(8 * n)
	return 32 * n
}
