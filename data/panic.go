package data

import (
	"fmt"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
)

// PanicError is the error of a Loader in whose goroutine a method of the Dataset, or a Fill,
// has panicked: there nobody else could recover it. It ends the sequence of batches, as what
// has panicked may not be fit to be called again.
type PanicError struct {
	Image int    // index of the image that was read or made into views; −1: of none, see amdim.Options.Progress
	Value any    // of the panic
	Stack []byte // of the goroutine, as debug.Stack writes it

	at string // file and line of the panic; empty: not known
}

func (e *PanicError) Error() string {
	text := fmt.Sprintf("panic: %v", e.Value)
	if e.Image >= 0 {
		text = fmt.Sprintf("data: image %d: %s", e.Image, text)
	}
	if e.at != "" {
		text += " at " + e.at
	}
	return text
}

// panicOf is the error for a value that was just recovered.
func panicOf(image int, value any) *PanicError {
	return &PanicError{Image: image, Value: value, Stack: debug.Stack(), at: panicked()}
}

// panicked is where the panic that is being recovered began. On the stack the functions that
// recover it come first, then the runtime's, then the one that panicked.
func panicked() string {
	var callers [64]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(1, callers[:])])
	raised := false
	for {
		f, more := frames.Next()
		inside := strings.HasPrefix(f.Function, "runtime.") || strings.HasPrefix(f.Function, "internal/runtime/")
		if raised && !inside {
			return fmt.Sprintf("%s:%d", filepath.Base(f.File), f.Line)
		}
		raised = raised || inside
		if !more {
			return ""
		}
	}
}
