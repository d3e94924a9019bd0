package cpu

import (
	"strings"
	"time"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/internal/parallel"
)

// clock adds up what each worker spends on each phase of each operation. A
// worker is timed from one call of turn to the next; the caller of a loop is worker 0.
type clock struct {
	on      bool
	ops     []timedOp
	workers []workerClock
}

// timedOp is an operation on which time is spent.
type timedOp struct{ name, kind string }

// workerClock is what one worker is doing, and the time it has spent.
type workerClock struct {
	slot  int // operation·phases + phase; idle: not timed
	since time.Time
	spent []time.Duration // by slot
	_     [64]byte        // workers write to separate cache lines
}

// idle is the slot of a worker that has nothing to do.
const idle = -1

// The phases of an operation, in the order of phaseNames.
const (
	forward = iota
	backwardData
	backwardWeights
	update
	phases
)

var phaseNames = [phases]string{engine.Forward, engine.BackwardData, engine.BackwardWeights, engine.Update}

// op is the number of an operation; programs share it for operations of the same name.
func (c *clock) op(name, kind string) int {
	for i, o := range c.ops {
		if o == (timedOp{name, kind}) {
			return i
		}
	}
	c.ops = append(c.ops, timedOp{name, kind})
	for w := range c.workers {
		c.workers[w].spent = append(c.workers[w].spent, make([]time.Duration, phases)...)
	}
	return len(c.ops) - 1
}

// turn switches a worker to another slot. It is called only while on.
func (c *clock) turn(worker, slot int) {
	w, now := &c.workers[worker], time.Now()
	if w.slot != idle {
		w.spent[w.slot] += now.Sub(w.since)
	}
	w.slot, w.since = slot, now
}

// reset starts from zero.
func (c *clock) reset() {
	for w := range c.workers {
		c.workers[w].slot = idle
		clear(c.workers[w].spent)
	}
}

// workers are the engine's threads. Their loops are timed while the clock is on:
// what they do counts for what the caller is doing.
type workers struct {
	*parallel.Pool
	clock *clock
}

func newWorkers(threads int) workers {
	p := parallel.New(threads)
	w := workers{p, &clock{workers: make([]workerClock, p.Threads())}}
	w.clock.reset()
	return w
}

// For is parallel.Pool.For. The time that the caller waits for the others is not counted.
func (w workers) For(n int, body func(worker, i int)) {
	if !w.clock.on {
		w.Pool.For(n, body)
		return
	}
	slot := w.clock.workers[0].slot
	w.Pool.For(n, func(worker, i int) {
		w.clock.turn(worker, slot)
		body(worker, i)
		w.clock.turn(worker, idle)
	})
	w.clock.turn(0, slot)
}

// opNumbers are the numbers of an exec's operations on the clock.
type opNumbers struct {
	node               []int // by node
	input, adam, group int
}

// number numbers the operations of the nodes. A convolution goes by the name of
// its weights, as its value is that of the operation fused into it.
func (e *exec[E]) number() (o opNumbers) {
	kinds := map[string]string{}
	for _, op := range e.p.Ops {
		kinds[op.Name] = op.Attr.Kind()
	}
	for _, n := range e.nodes {
		if m, ok := n.(interface{ filters() []*filter[E] }); ok {
			for _, f := range m.filters() {
				name := strings.TrimSuffix(f.weight.Name, ".weight")
				f.op = e.pool.clock.op(name, kinds[name])
			}
			o.node = append(o.node, m.filters()[0].op)
			continue
		}
		name := e.bufs[n.values()[0]].op
		o.node = append(o.node, e.pool.clock.op(name, kinds[name]))
	}
	o.input, o.adam = e.pool.clock.op("input", "Input"), e.pool.clock.op("adam", "Adam")
	if e.peers != nil {
		o.group = e.pool.clock.op("group", "Group")
	}
	return o
}

// turn counts the caller's time from now on towards a phase of an operation.
func (e *exec[E]) turn(op, phase int) {
	if c := e.pool.clock; c.on {
		c.turn(0, op*phases+phase)
	}
}

// turnPhase switches to another phase of the current operation.
func (e *exec[E]) turnPhase(phase int) {
	if c := e.pool.clock; c.on {
		c.turn(0, c.workers[0].slot/phases*phases+phase)
	}
}

// turnWorker counts the time of a worker within a loop towards a phase of an
// operation, until the loop gives it the next piece of work.
func (e *exec[E]) turnWorker(s *scratch[E], op, phase int) {
	if c := e.pool.clock; c.on {
		c.turn(s.worker, op*phases+phase)
	}
}

// rest stops timing the caller.
func (e *exec[E]) rest() {
	if c := e.pool.clock; c.on {
		c.turn(0, idle)
	}
}

// Profile implements engine.Profiler.
func (e *Engine) Profile(on bool) {
	e.queue.Lock()
	defer e.queue.Unlock()
	if on {
		e.pool.clock.reset()
	}
	e.pool.clock.on = on
}

// Times implements engine.Profiler: in running order, without what took no time.
func (e *Engine) Times() []engine.Time {
	e.queue.Lock()
	defer e.queue.Unlock()
	var times []engine.Time
	c := e.pool.clock
	for i, op := range c.ops {
		for p, phase := range phaseNames {
			var spent time.Duration
			for w := range c.workers {
				spent += c.workers[w].spent[i*phases+p]
			}
			if spent > 0 {
				times = append(times, engine.Time{Op: op.name, Kind: op.kind, Phase: phase, Seconds: spent.Seconds()})
			}
		}
	}
	return times
}

// OfThreads implements engine.Profiler.
func (e *Engine) OfThreads() bool { return true }

// ActivationBytes implements engine.Profiler.
func (e *Engine) ActivationBytes() int {
	if e.precision == BF16 {
		return 2
	}
	return 4
}

// Peak implements engine.Profiler with the loop for the precision's products:
// the best of several time windows, since other work can only make one slower.
func (e *Engine) Peak(threads int, d time.Duration) float64 {
	const window = 10 * time.Millisecond
	peak := e.set.F32.Peak
	if e.precision == BF16 {
		peak = e.set.BF16.Peak
	}
	flops, best := make([]float64, threads), 0.
	for began := time.Now(); best == 0 || time.Since(began) < d; {
		start := time.Now()
		e.pool.Pool.For(threads, func(_, i int) { flops[i] = window.Seconds() * peak(window) })
		var sum float64
		for _, f := range flops {
			sum += f
		}
		best = max(best, sum/time.Since(start).Seconds())
	}
	return best
}

// Bandwidth implements engine.Profiler with y ← y + a·x, where each number of y
// is read and written and each of x is read: the best of several passes.
func (e *Engine) Bandwidth(threads, bytes int, d time.Duration) float64 {
	n := bytes / 8 // of either array
	x, y := make([]float32, n), make([]float32, n)
	blocks := (n + chunk - 1) / chunk
	pass := func(f func(lo, hi int)) {
		e.pool.Pool.For(threads, func(_, i int) {
			for b := i * blocks / threads; b < (i+1)*blocks/threads; b++ {
				f(b*chunk, min((b+1)*chunk, n))
			}
		})
	}
	pass(func(lo, hi int) { // pages are allocated by the first write
		copy(x[lo:hi], y[lo:hi])
		copy(y[lo:hi], x[lo:hi])
	})
	var best float64
	for began := time.Now(); best == 0 || time.Since(began) < d; {
		start := time.Now()
		pass(func(lo, hi int) { e.set.Axpy(y[lo:hi], 1, x[lo:hi]) })
		best = max(best, 12*float64(n)/time.Since(start).Seconds())
	}
	return best
}

var _ engine.Profiler = (*Engine)(nil)
