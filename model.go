package amdim

import (
	"cmp"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/cpu"
	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/mixture"
	"github.com/amdim/amdim/train"
)

// Options configures a Model. The zero value suits most uses.
type Options struct {
	Threads int // 0: one per core; any number gives the same vectors

	// Precision of the products: "bf16" or "f32". Empty: that of the run or, if the run names none,
	// the faster one on this processor.
	Precision string

	// Engine computes, in its own precision: Engine and Precision together are an error. nil: the
	// processor computes, with Threads and Precision. Several models may share an engine. Close
	// leaves it open.
	Engine engine.Engine

	// Progress is called while the images of a Set are read, with the number of those read and of
	// all. Calls come one at a time, on another goroutine than the caller's. It may call any method
	// of the Model but Close and those that embed a Set. If it panics, the call that reads the
	// images returns that as an error.
	Progress func(done, total int)

	// Negatives is the spec of the images that Segment scores locations against; empty: see
	// PrepareSegment.
	Negatives string

	// OnLearn is called before PrepareSegment reads images, with their spec and number; may be nil.
	OnLearn func(spec string, images int)

	// Note is called with the reason if PrepareSegment cannot store what it learnt; may be nil.
	Note func(what string)
}

// Model is a trained encoder, frozen. Its methods may be called from several
// goroutines.
type Model struct {
	path      string
	options   Options
	settings  config.Config
	transform augment.Config // to the network's input
	step      int
	checksum  string // of the checkpoint
	engine    engine.Engine
	closers   []func() error
	encoder   *encoder.Encoder
	hash      func() (string, error) // of the encoder, computed when first needed

	life    sync.Mutex // guards closed, and calls when one begins
	closed  bool
	calls   sync.WaitGroup // in progress
	closing sync.Once

	queries   queries                  // of Embed
	compiling parallel.Turns           // of what uses
	forwards  map[int]*encoder.Forward // by size of the batch

	telling sync.Mutex // held while Options.Progress runs

	converting parallel.Turns     // of images at their full size: memory for one a thread
	segmenting parallel.Turns     // of what uses
	segmenter  *mixture.Segmenter // nil until it is needed
}

// Open reads the encoder of a run folder, or of a checkpoint, into memory.
//
// BatchNorm's running statistics stay as training left them, whereas package eval refreshes them.
// For most networks this makes no difference: BatchNorm is at their end, where it shifts and
// scales each number of a vector equally for all images, and an Index removes that. It makes one
// with model.use_bn, BatchNorm inside the network.
//
// If there is nothing at path, the error wraps fs.ErrNotExist; if the folder has no checkpoint
// yet, ErrNoneThere.
func Open(path string, o Options) (*Model, error) {
	if err := parallel.CheckThreads(o.Threads); err != nil {
		return nil, fmt.Errorf("amdim: open model %s: %w", path, err)
	}
	if o.Engine != nil && o.Precision != "" {
		return nil, fmt.Errorf("amdim: open model %s: Precision %s beside an Engine, which has its own",
			path, o.Precision)
	}
	m := &Model{
		path: path, options: o,
		queries: queries{turn: make(parallel.Turns, 1)}, forwards: map[int]*encoder.Forward{},
		compiling: make(parallel.Turns, 1), segmenting: make(parallel.Turns, 1),
		converting: make(parallel.Turns, cmp.Or(o.Threads, runtime.GOMAXPROCS(0))),
	}
	file, err := train.CheckpointOf(path)
	if err != nil {
		return nil, fmt.Errorf("amdim: open model: %w", err)
	}
	weights, err := checkpoint.Open(file)
	if err != nil {
		return nil, fmt.Errorf("amdim: open model: %w", err)
	}
	defer weights.Close()
	if err := m.open(weights); err != nil {
		m.close()
		return nil, fmt.Errorf("amdim: open model %s: %w", path, err)
	}
	return m, nil
}

func (m *Model) open(weights *checkpoint.Reader) error {
	meta, err := weights.Run()
	if err != nil {
		return err
	}
	m.step, m.checksum = meta.Step, weights.Checksum()
	if m.settings, err = config.Of(meta); err != nil {
		return err
	}
	m.transform = m.settings.Augment
	m.transform.Size = m.settings.Model.Px
	if m.engine = m.options.Engine; m.engine == nil {
		c := cpu.Config{Precision: m.options.Precision, Threads: m.options.Threads}
		if c.Precision == "" {
			c.Precision = m.settings.Precision
		}
		e, err := cpu.New(c)
		if err != nil {
			return err
		}
		m.engine = e
		m.closers = append(m.closers, func() error { e.Close(); return nil })
	}
	if m.encoder, err = encoder.New(m.engine, m.settings.Model, encoder.Trained(weights)); err != nil {
		return err
	}
	m.hash = sync.OnceValues(m.encoder.Hash)
	m.closers = append(m.closers, m.encoder.Close)
	return nil
}

// Dim is the length of a vector: n_rkhs, the size of f1.
func (m *Model) Dim() int { return m.settings.Model.NRKHS }

// Px is the side of the network's input in pixels. Images of other sizes are
// resized and centre-cropped along their longer side.
func (m *Model) Px() int { return m.settings.Model.Px }

// Close waits for calls in progress, then frees the engine's memory and drops the network, so that
// a closed Model that is still reachable holds neither. Calls that begin meanwhile or later return
// ErrClosed, except Dim, Px, Reduce and CheckSegment, which need no network.
func (m *Model) Close() (err error) {
	m.life.Lock()
	m.closed = true
	m.life.Unlock()
	m.closing.Do(func() {
		m.calls.Wait()
		if err = m.close(); err != nil {
			err = fmt.Errorf("amdim: close: %w", err)
		}
	})
	return err
}

// close is called when no call is in progress, and none can begin.
func (m *Model) close() error {
	var all []error
	for _, f := range m.forwards {
		all = append(all, f.Close())
	}
	if m.segmenter != nil {
		all = append(all, m.segmenter.Close())
	}
	for i := len(m.closers) - 1; i >= 0; i-- {
		all = append(all, m.closers[i]())
	}
	m.forwards, m.segmenter, m.closers, m.encoder, m.hash, m.engine = nil, nil, nil, nil, nil, nil
	return errors.Join(all...)
}

// use keeps the model open until the function that it returns is called.
func (m *Model) use() (done func(), err error) {
	m.life.Lock()
	defer m.life.Unlock()
	if m.closed {
		return nil, ErrClosed
	}
	m.calls.Add(1)
	return m.calls.Done, nil
}
