package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// stall is how long a server may send nothing before the download is given up. A rerun
// goes on from what came.
const stall = time.Minute

var errStalled = fmt.Errorf("no byte came in %v", stall)

// watched is a body whose request is cancelled when it stalls: a connection that is lost
// without a word is otherwise waited for without end. Only reads are timed: a slow disk is
// not the server's.
type watched struct {
	ctx   context.Context // of the request
	body  io.Reader
	timer *time.Timer
}

func newWatched(ctx context.Context, cancel context.CancelCauseFunc, body io.Reader) *watched {
	w := &watched{ctx, body, time.AfterFunc(stall, func() { cancel(errStalled) })}
	w.timer.Stop()
	return w
}

func (w *watched) Read(b []byte) (int, error) {
	w.timer.Reset(stall)
	n, err := w.body.Read(b)
	w.timer.Stop()
	if err != nil && errors.Is(context.Cause(w.ctx), errStalled) {
		err = errStalled
	}
	return n, err
}
