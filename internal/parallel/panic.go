package parallel

import (
	"fmt"
	"runtime/debug"
)

// Panic is what For panics with after a body has: whoever recovers it in the caller of For
// sees where the body was, which the stack of the caller does not show.
type Panic struct {
	Value any    // that the body panicked with
	Stack []byte // of its worker, as debug.Stack writes it
}

func (p *Panic) Error() string { return fmt.Sprintf("%v\n\n%s", p.Value, p.Stack) }

// Unwrap is the value, if it is an error.
func (p *Panic) Unwrap() error {
	err, _ := p.Value.(error)
	return err
}

// panicOf is the Panic of what was recovered on this goroutine: that of a loop inside the
// body knows more than this goroutine's stack.
func panicOf(reason any) *Panic {
	if p, ok := reason.(*Panic); ok {
		return p
	}
	return &Panic{reason, debug.Stack()}
}
