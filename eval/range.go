package eval

import "fmt"

// RangeError is the error for a setting that asks for more than the data has.
type RangeError struct{ err error }

func (e *RangeError) Error() string { return e.err.Error() }

func (e *RangeError) Unwrap() error { return e.err }

func rangeErrorf(format string, args ...any) error { return &RangeError{fmt.Errorf(format, args...)} }
