package train

import (
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/tensor"
)

// fed is a batch with the program's inputs for it.
type fed struct {
	*data.Batch
	in []tensor.Tensor
}

// feed hands out batches in order. For an engine that wants to know what comes
// next, it holds the next batch if that is ready in time.
type feed struct {
	loader *data.Loader
	inputs *inputs
	ahead  engine.Ahead // nil: the engine takes inputs when it steps
	next   *fed
}

func newFeed(l *data.Loader, in *inputs, e engine.Exec) *feed {
	ahead, _ := e.(engine.Ahead)
	return &feed{loader: l, inputs: in, ahead: ahead}
}

// take returns the next batch, which the caller releases.
func (f *feed) take() (*fed, error) {
	if next := f.next; next != nil {
		f.next = nil
		return next, nil
	}
	b, err := f.loader.Next()
	if err != nil {
		return nil, err
	}
	return &fed{b, f.inputs.of(b)}, nil
}

// announce tells the engine what follows the batch just taken.
func (f *feed) announce() {
	if f.ahead == nil {
		return
	}
	if b := f.loader.Ready(); b != nil {
		f.next = &fed{b, f.inputs.of(b)}
		f.ahead.Next(f.next.in)
	}
}

// close releases the batch that is held, if any.
func (f *feed) close() {
	if f.next != nil {
		f.next.Release()
	}
}
