package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/amdim/amdim/engine"
)

// Exit codes; doc.go documents them.
const (
	exitFailure   = 1
	exitUsage     = 2
	exitStopped   = 3
	exitNonFinite = 4
	exitKilled    = 130
)

// usageError is a wrong command line: the message names the flag or key.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// stoppedError is a run stopped by a signal, with nothing lost.
type stoppedError struct{ text string }

func (e stoppedError) Error() string { return e.text }
func (e stoppedError) Unwrap() error { return context.Canceled }

func exitCode(err error) int {
	var usage usageError
	var nonFinite *engine.NonFiniteError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &usage):
		return exitUsage
	case errors.As(err, &nonFinite):
		return exitNonFinite
	case errors.Is(err, context.Canceled):
		return exitStopped
	}
	return exitFailure
}
