package cpu

import "github.com/amdim/amdim/internal/kernel"

// scratch is the memory of one worker; slices grow on demand and keep what the
// last user left in them.
type scratch[E kernel.Elem] struct {
	rows  []E       // rows of a matrix gathered from an image
	left  []E       // packed panel
	right []E       // packed panels
	prod  []float32 // product before it is stored
	acc   []float32 // sum of overlapping windows, or of channels
	acc2  []float32
	off   []int32
}

// grow returns s with length n, contents undefined.
func grow[T any](s *[]T, n int) []T {
	if cap(*s) < n {
		*s = make([]T, n)
	}
	return (*s)[:n]
}
