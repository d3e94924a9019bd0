package engine

import "fmt"

// MemoryError is a program for which a device has too little memory. What it says is an
// estimate, by the sizes of values.
type MemoryError struct {
	Program string
	Rows    int   // of its first input, in this process
	Need    int64 // bytes of the device, about
	Grow    int64 // of these, bytes that grow with the rows
	Room    int64 // bytes that the device has for this process; 0: not known
	Err     error // what the device says
}

// Fit is about how many rows there is memory for, less than Rows; 0: none, or not known.
func (e *MemoryError) Fit() int {
	left := e.Room - (e.Need - e.Grow)
	switch {
	case e.Room == 0 || left <= 0:
		return 0
	case left >= e.Grow: // and yet it failed
		return e.Rows / 2
	}
	return int(float64(e.Rows) * float64(left) / float64(e.Grow))
}

func (e *MemoryError) Error() string {
	const giB = 1 << 30
	text := fmt.Sprintf("out of memory: %s with %d rows needs about %.1f GiB, of which %.1f grow with the batch",
		e.Program, e.Rows, float64(e.Need)/giB, float64(e.Grow)/giB)
	switch fit := e.Fit(); {
	case e.Room == 0:
		text += ": take half of it, or less"
	case fit == 0:
		text += fmt.Sprintf("; there are %.1f, in which no batch fits", float64(e.Room)/giB)
	default:
		text += fmt.Sprintf("; there are %.1f, in which about %d rows fit", float64(e.Room)/giB, fit)
	}
	return fmt.Sprintf("%s: %v", text, e.Err)
}

func (e *MemoryError) Unwrap() error { return e.Err }
