package amdim

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/amdim/amdim/internal/parallel"
)

// queries are images that wait for the encoder. Those of several calls are encoded in one
// batch, which takes about half the time of one image after another, for the same numbers.
type queries struct {
	turn parallel.Turns // for one: who has it encodes what waits

	mu      sync.Mutex
	waiting []*query // the first first
}

// query is the images of a call.
type query struct {
	pixels []uint8 // (n, px, px, 3)
	n      int
	vector []float32
	err    error
	done   chan struct{} // closed when vector or err is set
}

// errElsewhere is the error of a batch in which another call panicked.
var errElsewhere = errors.New("a call that was encoded in the same batch has failed")

// encode returns the rows of n images. It returns when ctx is done, at the latest after the
// batch of others that it encodes.
func (m *Model) encode(ctx context.Context, pixels []uint8, n int) ([]float32, error) {
	q := &query{pixels: pixels, n: n, done: make(chan struct{})}
	m.queries.add(q)
	select {
	case <-q.done:
		return q.vector, q.err
	case <-ctx.Done():
		m.queries.remove(q)
		return nil, ctx.Err()
	case m.queries.turn <- struct{}{}:
	}
	defer m.queries.turn.Leave()
	for {
		select {
		case <-q.done: // by the one before, or here
			return q.vector, q.err
		default:
		}
		if err := ctx.Err(); err != nil {
			m.queries.remove(q)
			return nil, err
		}
		batch, until := m.queries.take(slices.Max(batchSizes)), ctx
		if len(batch) > 1 || batch[0] != q { // others want theirs even if this call is given up
			until = context.WithoutCancel(ctx)
		}
		m.encodeTogether(until, batch)
	}
}

// encodeTogether encodes some queries in one batch.
func (m *Model) encodeTogether(ctx context.Context, batch []*query) {
	defer func() {
		for _, q := range batch {
			if q.vector == nil && q.err == nil {
				q.err = errElsewhere
			}
			close(q.done)
		}
	}()
	pixels, n := batch[0].pixels, batch[0].n
	if len(batch) > 1 {
		pixels = slices.Clone(pixels)
		for _, q := range batch[1:] {
			pixels, n = append(pixels, q.pixels...), n+q.n
		}
	}
	var x []float32
	forward, err := m.forward(ctx, n)
	if err == nil {
		x, err = forward.Append(ctx, nil, pixels)
	}
	for _, q := range batch {
		if q.err = err; err == nil {
			q.vector, x = slices.Clip(x[:q.n*m.Dim()]), x[q.n*m.Dim():]
		}
	}
}

func (w *queries) add(q *query) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waiting = append(w.waiting, q)
}

// remove takes back a query that nobody has taken yet.
func (w *queries) remove(q *query) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if i := slices.Index(w.waiting, q); i >= 0 {
		w.waiting = slices.Delete(w.waiting, i, i+1)
	}
}

// take returns the first queries that wait, one at least, as far as they hold no more than most
// images.
func (w *queries) take(most int) []*query {
	w.mu.Lock()
	defer w.mu.Unlock()
	images, k := w.waiting[0].n, 1
	for k < len(w.waiting) && images+w.waiting[k].n <= most {
		images, k = images+w.waiting[k].n, k+1
	}
	batch := slices.Clone(w.waiting[:k])
	w.waiting = slices.Delete(w.waiting, 0, k)
	return batch
}
