package parallel

import (
	"fmt"
	"runtime/debug"
)

// Panic is the value that For panics with when a body has panicked on a worker. It holds the stack
// of that worker, because the stack of the caller of For, where the panic is recovered, does not
// show where the body was.
type Panic struct {
	Value any    // what the body panicked with
	Stack []byte // of the worker's goroutine, as debug.Stack writes it
}

func (p *Panic) Error() string { return fmt.Sprintf("%v\n\n%s", p.Value, p.Stack) }

// Unwrap returns Value if it is an error, else nil.
func (p *Panic) Unwrap() error {
	err, _ := p.Value.(error)
	return err
}

// panicOf makes a Panic of what was recovered on this goroutine. A Panic of a loop inside the body
// is returned as it is: its stack says more than that of this goroutine.
func panicOf(reason any) *Panic {
	if p, ok := reason.(*Panic); ok {
		return p
	}
	return &Panic{reason, debug.Stack()}
}
