package data

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/internal/spelling"
	"github.com/amdim/amdim/tensor"
)

// Fill writes the views of an image, px×px×3 bytes each, into views. For batches
// to be repeatable it must depend on (img, epoch, index) alone.
type Fill func(img tensor.Image, epoch, index int, views [][]uint8)

// LoaderConfig says how batches are made.
type LoaderConfig struct {
	Batch   int    // B: images in a batch
	Size    int    // px: side of a view in pixels
	Views   int    // views per image: 2 to pretrain, 1 to evaluate
	Seed    uint64 // of the order
	Start   Cursor // of the first batch
	Share   Share  // of each batch that this loader makes; zero: all of it
	Workers int    // 0: GOMAXPROCS
	Ahead   int    // batches made in advance; 0: 2

	// Unreadable is called, by one worker at a time, for an image with an
	// *UnreadableError; the next readable one in the data set takes its place in the
	// batch, so that a batch's contents still depend only on the data and the cursor.
	// An error from Unreadable ends the sequence, as does any other error of an image
	// and, if Unreadable is nil, every unreadable one.
	Unreadable func(i int, err error) error
}

// Share is a part of every batch: part Rank of Of parts of equal size, in order.
// The images of the other parts are not read, and together the parts are the
// batch that a single loader would make.
type Share struct{ Rank, Of int }

// Loader makes batches before they are needed. Its methods are for one consumer,
// which holds at most Ahead batches at a time and finally calls Close.
type Loader struct {
	steps  int           // batches in an epoch
	ready  <-chan *Batch // closed when there will be no more
	failed *error        // why there are no more; written before ready is closed

	ctx     context.Context
	cancel  context.CancelFunc
	stopped sync.WaitGroup

	waited time.Duration // in Next, since
	since  time.Time
}

// NewLoader returns an infinite sequence of batches: every epoch visits the
// images in an order that depends only on c.Seed and the epoch, and drops the
// last images if they do not fill a batch. newFill is called once per worker,
// so that what it returns can own scratch memory.
func NewLoader(ctx context.Context, set Dataset, c LoaderConfig, newFill func() Fill) (*Loader, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	c.setDefaults()
	steps := set.Len() / c.Batch
	if steps == 0 {
		return nil, fmt.Errorf("data: %s, a batch has %d", spelling.Count(set.Len(), "image"), c.Batch)
	}
	if s := c.Start; s.Epoch < 0 || s.Step < 0 || s.Step >= steps {
		return nil, fmt.Errorf("data: no batch %d in epoch %d: one has %d batches of %d images; is it other data?",
			s.Step, s.Epoch, steps, c.Batch)
	}
	if c.Batch%c.Share.Of != 0 {
		return nil, fmt.Errorf("data: a batch of %d images does not divide into %d shares", c.Batch, c.Share.Of)
	}
	o := &shuffled{n: set.Len(), size: c.Batch, share: c.Share, seed: c.Seed}
	c.Batch /= c.Share.Of
	return start(ctx, set, c, newFill, o, steps), nil
}

// NewPass returns a sequence that visits all images once, in order, after which
// Next returns io.EOF. The last batch may hold fewer than B images. c.Seed,
// c.Start and c.Share have no meaning here. It panics on a configuration that Validate
// refuses.
func NewPass(ctx context.Context, set Dataset, c LoaderConfig, newFill func() Fill) *Loader {
	if err := c.Validate(); err != nil {
		panic(err.Error())
	}
	c.setDefaults()
	c.Start = Cursor{}
	steps := (set.Len() + c.Batch - 1) / c.Batch
	return start(ctx, set, c, newFill, sequential{n: set.Len(), size: c.Batch}, steps)
}

// Validate returns an error that names the first value out of range.
func (c LoaderConfig) Validate() error {
	for _, f := range []struct {
		name string
		v    int
	}{{"batch", c.Batch}, {"size", c.Size}, {"views", c.Views}} {
		if f.v < 1 {
			return fmt.Errorf("data: loader: %s = %d, need at least 1", f.name, f.v)
		}
	}
	if err := parallel.CheckThreads(c.Workers); err != nil {
		return fmt.Errorf("data: loader: workers: %w", err)
	}
	if c.Ahead < 0 {
		return fmt.Errorf("data: loader: ahead = %d, need at least 0 (0: 2)", c.Ahead)
	}
	if s := c.Share; s != (Share{}) && (s.Rank < 0 || s.Rank >= s.Of) {
		return fmt.Errorf("data: loader: share %d of %d: they count from 0", s.Rank, s.Of)
	}
	return nil
}

func (c *LoaderConfig) setDefaults() {
	if c.Share == (Share{}) {
		c.Share.Of = 1
	}
	if c.Workers == 0 {
		c.Workers = runtime.GOMAXPROCS(0)
	}
	if c.Ahead == 0 {
		c.Ahead = 2
	}
}

func start(
	ctx context.Context, set Dataset, c LoaderConfig, newFill func() Fill, o order, steps int,
) *Loader {
	ctx, cancel := context.WithCancel(ctx)
	p := newProducer(set, c, newFill, o)
	l := &Loader{
		steps: steps, ready: p.ready, failed: &p.failed,
		ctx: ctx, cancel: cancel, since: time.Now(),
	}
	l.stopped.Go(func() { p.run(ctx, c.Start) })
	return l
}

// Next returns the next batch, which the caller releases. It returns io.EOF at
// the end of a pass, the error that ended the sequence in place of the batch where
// it occurred, and the context's error once that is done or the loader is closed, even
// while an image is being read.
func (l *Loader) Next() (*Batch, error) {
	if err := l.ctx.Err(); err != nil {
		return nil, err
	}
	began := time.Now()
	defer func() { l.waited += time.Since(began) }()
	select {
	case b, ok := <-l.ready:
		if !ok {
			return nil, *l.failed
		}
		return b, nil
	case <-l.ctx.Done():
		return nil, l.ctx.Err()
	}
}

// Ready is Next without waiting; nil: no batch is ready yet, or there are no more.
func (l *Loader) Ready() *Batch {
	select {
	case b := <-l.ready: // nil if it is closed
		return b
	default:
		return nil
	}
}

// StepsPerEpoch is the number of batches in an epoch or a pass.
func (l *Loader) StepsPerEpoch() int { return l.steps }

// WaitShare is the share of the time since its last call, or since the start,
// that Next has spent waiting for a batch.
func (l *Loader) WaitShare() float64 {
	now := time.Now()
	share := l.waited.Seconds() / max(now.Sub(l.since).Seconds(), 1e-9)
	l.waited, l.since = 0, now
	return share
}

// Close stops the workers and waits for them: until the images that are being read, which
// nothing can interrupt, have been. Batches still held stay valid.
func (l *Loader) Close() {
	l.cancel()
	l.stopped.Wait()
}
