package cpu

import "github.com/amdim/amdim/internal/kernel"

// scratch is the memory of one worker; slices grow on demand and keep what the
// last user left in them.
type scratch[E kernel.Elem] struct {
	worker int

	rows  []E       // rows of a matrix gathered from an image
	left  []E       // packed panels of the left operand
	right []E       // of the right one
	store []float32 // product before it is stored
	prod  []float32
	acc   []float32 // sum of overlapping windows, or of channels
	acc2  []float32
	off   []int32

	// of a residual layer on a tile of images
	hidden, dhidden []E
	skip            []E    // means of windows of a block of rows
	flow            [2][]E // values between the layers of a chain, or their gradients
	again           []E    // such a value in backward

	mixture mixtureScratch
}

// grow returns s with length n, contents undefined.
func grow[T any](s *[]T, n int) []T {
	if cap(*s) < n {
		*s = make([]T, n)
	}
	return (*s)[:n]
}
