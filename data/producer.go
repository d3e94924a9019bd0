package data

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/internal/spelling"
	"github.com/amdim/amdim/tensor"
)

// producer fills batches in the goroutines of a Loader. All workers fill rows of
// the same batch, so batches come out in order.
type producer struct {
	set    Dataset
	order  order
	views  int
	labels int         // classes of the set; 0: labels are not looked at
	fill   []Fill      // of each worker
	dst    [][][]uint8 // of each worker: the views passed to its Fill
	errs   []error     // of each row of the batch
	free   chan *Batch
	ready  chan *Batch
	failed error

	told       sync.Mutex // held while unreadable runs
	unreadable func(i int, err error) error
}

func newProducer(set Dataset, c LoaderConfig, newFill func() Fill, o order) *producer {
	p := &producer{
		set: set, order: o, views: c.Views, labels: len(set.Classes()), errs: make([]error, c.Batch),
		free: make(chan *Batch, c.Ahead+1), ready: make(chan *Batch, c.Ahead+1),
		unreadable: c.Unreadable,
	}
	for range c.Ahead + 1 { // the consumer uses one
		p.free <- newBatch(c.Batch, c.Views, c.Size)
	}
	for range c.Workers {
		p.fill = append(p.fill, newFill())
		p.dst = append(p.dst, make([][]uint8, c.Views))
	}
	return p
}

// run makes batches from cursor at onwards, until they end, an error occurs or ctx is done.
func (p *producer) run(ctx context.Context, at Cursor) {
	pool := parallel.New(len(p.fill))
	defer pool.Close()
	defer p.end()
	for p.failed == nil {
		select {
		case b := <-p.free:
			if p.failed = p.produce(ctx, pool, b, at); p.failed == nil {
				at = b.next
				p.ready <- b // has room for every batch
			}
		case <-ctx.Done():
			p.failed = ctx.Err()
		}
	}
}

// end says that there are no more batches. Without an error by now, the goroutine is ending.
func (p *producer) end() {
	if p.failed == nil {
		p.failed = errors.New("data: the data set has ended its goroutine (runtime.Goexit, or FailNow of a test)")
	}
	close(p.ready)
}

// produce fills b with the batch at a cursor.
func (p *producer) produce(ctx context.Context, pool *parallel.Pool, b *Batch, at Cursor) error {
	b.Indices, b.next = p.order.batch(b.Indices[:0], at)
	if len(b.Indices) == 0 {
		return io.EOF
	}
	b.Cursor, b.free = at, p.free
	pool.For(len(b.Indices), func(worker, row int) {
		if p.errs[row] = ctx.Err(); p.errs[row] == nil {
			p.errs[row] = p.row(b, worker, row)
		}
	})
	for _, err := range p.errs[:len(b.Indices)] {
		if err != nil {
			return err
		}
	}
	b.pad()
	return nil
}

// row fills one row of every view of b. A replacement for an unreadable image
// is augmented as that one would have been, so its views differ from those of
// the same image elsewhere in the batch. A panic of the data set is an error.
func (p *producer) row(b *Batch, worker, row int) (err error) {
	index := b.Indices[row]
	i := index
	defer func() {
		if value := recover(); value != nil {
			err = panicOf(i, value)
		}
	}()
	img, err := p.image(&i)
	if err != nil {
		return err
	}
	label := p.set.Label(i)
	if p.labels > 0 && (label < -1 || label >= p.labels) {
		return fmt.Errorf("data: %s: its label is %d, need -1 to %d, an index into Classes",
			Name(p.set, i), label, p.labels-1)
	}
	for v := range p.views {
		p.dst[worker][v] = b.view(v, row)
		b.Labels.I32[v*b.rows+row] = int32(label)
	}
	p.fill[worker](img, b.Epoch, index, p.dst[worker])
	return nil
}

// image returns image i, or the next one after it that can be read, and moves i to it.
func (p *producer) image(i *int) (tensor.Image, error) {
	first, n := *i, p.set.Len()
	for step := range n {
		*i = (first + step) % n
		img, err := Image(p.set, *i)
		if err == nil {
			return img, nil
		}
		if err := p.report(*i, err); err != nil {
			return img, err
		}
	}
	return tensor.Image{}, fmt.Errorf("data: %s, none can be read", spelling.Count(n, "image"))
}

// report passes an unreadable image to unreadable, whose error ends the sequence,
// as does an error that does not concern the image alone.
func (p *producer) report(i int, err error) error {
	var bad *UnreadableError
	if p.unreadable == nil || !errors.As(err, &bad) {
		return fmt.Errorf("data: image %d: %w", i, err)
	}
	p.told.Lock()
	defer p.told.Unlock()
	return p.unreadable(i, err)
}
