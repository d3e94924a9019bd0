package eval

import "fmt"

// RangeError is a setting that asks for more than the data has.
type RangeError struct{ err error }

func (e *RangeError) Error() string { return e.err.Error() }

func rangeErrorf(format string, args ...any) error { return &RangeError{fmt.Errorf(format, args...)} }
