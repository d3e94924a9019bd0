//go:build !amd64 || noasm

package rng

// vector says that blocks are made in assembly, which this platform lacks.
var vector = false

func (s *Stream) bernoulliVector([]float32, uint32) int { return 0 }
