package engine

import (
	"context"
	"errors"
	"fmt"
)

// NonFiniteError reports a NaN or an infinity that was computed.
type NonFiniteError struct {
	Op    string // operation that made it: "phi5.conv2", "nce.1-7"
	Value string // "its value", "the gradient by phi5.conv2.weight", "a running statistic"
}

func (e *NonFiniteError) Error() string {
	return fmt.Sprintf("%s: %s is not finite", e.Op, e.Value)
}

// PeerError is the error of another process of a group.
type PeerError struct {
	Rank    int    // of that process
	Text    string // of its error
	Stopped bool   // its context is done
}

func (e *PeerError) Error() string { return fmt.Sprintf("rank %d: %s", e.Rank, e.Text) }

// Is makes all processes end alike when the context of one is done.
func (e *PeerError) Is(target error) bool { return e.Stopped && target == context.Canceled }

// IsStop reports whether err came from a context: it is no failure, the user or a time
// limit ended the work.
func IsStop(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
