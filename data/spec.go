package data

import "fmt"

// SpecError is the error for a spec that Open cannot open whatever the disk holds:
// of an unknown kind, or with a value out of range.
type SpecError struct{ err error }

func (e *SpecError) Error() string { return e.err.Error() }

func (e *SpecError) Unwrap() error { return e.err }

func specErrorf(format string, args ...any) error { return &SpecError{fmt.Errorf(format, args...)} }
