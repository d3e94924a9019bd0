package cpu

import (
	"fmt"
	"math"
	"slices"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/kernel"
	"github.com/amdim/amdim/tensor"
)

// exec runs one program with activations stored as E.
type exec[E kernel.Elem] struct {
	s       *state
	p       *graph.Program
	k       kernel.Products[E]
	set     *kernel.Set
	pool    workers
	peers   *peers // nil: this process is alone
	ops     opNumbers
	nodes   []node[E]
	bufs    []buffer[E]
	inputs  []input
	outputs []int         // buffer of each output
	trained []*variable   // variables that the loss reaches
	owner   []string      // operation of each trained variable
	buckets [][][]float32 // by node: gradients to be summed over the processes after it
	norms   []*batchNorm[E]
	scratch []scratch[E] // by worker
	sums    []float32    // parts of the current weight gradient
	train   bool         // backward follows the forward that runs
	scores  []float32    // products of one direction of a contrastive loss; not for float32
}

func compile[E kernel.Elem](s *state, p *graph.Program, vars []*variable, k kernel.Products[E]) *exec[E] {
	e := &exec[E]{
		s: s, p: p, k: k, set: s.engine.set, pool: s.engine.pool,
		scratch: make([]scratch[E], s.engine.pool.Threads()),
	}
	for w := range e.scratch {
		e.scratch[w].worker = w
	}
	if p.AcrossRows() {
		e.peers = s.peers
	}
	pl := newPlanner(e, p, vars)
	pl.plan()
	e.ops = e.number()
	for _, o := range p.Outputs {
		e.outputs = append(e.outputs, pl.bufOf[o.Value])
	}
	for _, op := range p.Ops {
		for _, v := range op.Vars {
			if pl.flow.Var[v] {
				e.trained = append(e.trained, vars[v])
				e.owner = append(e.owner, op.Name)
			}
		}
	}
	if e.peers != nil {
		e.buckets = e.schedule()
	}
	return e
}

// Forward implements engine.Exec.
func (e *exec[E]) Forward(in, out []tensor.Tensor) error {
	defer e.begin()()
	return e.run(in, out, false, e.check(in, out))
}

// Grad implements engine.Exec.
func (e *exec[E]) Grad(in, out []tensor.Tensor, d map[string][]float32) error {
	defer e.begin()()
	wrong := e.check(in, out)
	for name, g := range d {
		of := func(v graph.Var) bool { return v.Name == name && tensor.Size(v.Shape) == len(g) }
		if !slices.ContainsFunc(e.p.Vars, of) {
			wrong = fmt.Errorf("cpu: %s: gradient by %s of %d values: no such variable", e.p.Name, name, len(g))
		}
	}
	if err := e.run(in, out, true, wrong); err != nil {
		return err
	}
	if err := e.backward(); err != nil {
		return err
	}
	for _, g := range d {
		clear(g) // where the loss does not reach
	}
	for _, v := range e.trained {
		copy(d[v.Name], v.g)
	}
	return nil
}

// Step implements engine.Exec.
func (e *exec[E]) Step(in, out []tensor.Tensor, lr float32) (engine.StepStats, error) {
	defer e.begin()()
	train := len(e.p.Loss) > 0
	var st engine.StepStats
	if err := e.run(in, out, train, e.check(in, out)); err != nil {
		return st, err
	}
	if train {
		if err := e.checkLosses(); err != nil { // backward reuses the memory of values
			return st, err
		}
		if err := e.backward(); err != nil {
			return st, err
		}
	}
	e.turn(e.ops.adam, update)
	if train {
		norm, bad := e.s.gradNorm(e.trained)
		if bad != nil {
			return st, e.blame(bad)
		}
		st.GradNorm = norm
	}
	if err := e.checkStatistics(); err != nil {
		return st, err
	}
	if train {
		e.s.update(e.trained, float64(lr))
		lr = 1 // of the running statistics
	}
	for _, n := range e.norms {
		n.commit(lr)
	}
	return st, nil
}

// begin waits for the engine. What it returns lets go of it.
func (e *exec[E]) begin() (end func()) {
	queue := &e.s.engine.queue
	queue.Lock()
	return func() {
		e.rest()
		queue.Unlock()
	}
}

// Close implements engine.Exec.
func (e *exec[E]) Close() error { return nil }

// check reports what a call was given wrongly.
func (e *exec[E]) check(in, out []tensor.Tensor) error {
	if err := engine.CheckCall(e.p, in, out); err != nil {
		return err
	}
	for i := range e.inputs {
		if err := e.inputs[i].check(e.p, in[i]); err != nil {
			return err
		}
	}
	return nil
}

// run is forward, for train if backward follows, unless the call is wrong. Every
// process of a group returns an error if any of them has one.
func (e *exec[E]) run(in, out []tensor.Tensor, train bool, wrong error) error {
	if err := e.peers.agree(wrong); err != nil {
		return err
	}
	e.train = train
	e.turn(e.ops.input, forward)
	for i := range e.inputs {
		e.load(&e.inputs[i], in[i])
	}
	for i, n := range e.nodes {
		e.turn(e.ops.node[i], forward)
		n.forward(e)
	}
	if err := e.peers.lost(); err != nil {
		return err
	}
	for i, o := range out {
		e.store(o.F32, &e.bufs[e.outputs[i]])
	}
	return nil
}

// backward computes the gradients with respect to all variables that the loss
// reaches, over the whole batch.
func (e *exec[E]) backward() error {
	for i := len(e.nodes) - 1; i >= 0; i-- {
		if n := e.nodes[i]; e.needsBackward(n) {
			e.turn(e.ops.node[i], backwardData)
			n.backward(e)
		}
		if e.peers != nil {
			e.peers.begin(e.buckets[i])
		}
	}
	if e.peers == nil {
		return nil
	}
	e.turn(e.ops.group, update)
	return e.peers.lost()
}

// needsBackward is false for nodes before the first trained variable and those
// cut off by a StopGrad.
func (e *exec[E]) needsBackward(n node[E]) bool {
	for _, v := range n.values() {
		if b := &e.bufs[v]; b.dx != nil || b.dloss != 0 {
			return true
		}
	}
	return false
}

// store copies a value to the caller as float32.
func (e *exec[E]) store(dst []float32, b *buffer[E]) {
	if b.x == nil {
		dst[0] = float32(b.scalar)
		return
	}
	if b.exact != nil {
		copy(dst, b.exact)
		return
	}
	e.chunks(len(b.x), func(lo, hi int) { e.k.Widen(dst[lo:hi], b.x[lo:hi]) })
}

// chunks calls f on pieces of [0, n), in parallel.
func (e *exec[E]) chunks(n int, f func(lo, hi int)) {
	e.pool.For((n+chunk-1)/chunk, func(_, i int) { f(i*chunk, min((i+1)*chunk, n)) })
}

// chunksOfRows calls f on pieces of [0, rows), in parallel.
func (e *exec[E]) chunksOfRows(rows int, f func(lo, hi int)) {
	const piece = 256
	e.pool.For((rows+piece-1)/piece, func(_, i int) { f(i*piece, min((i+1)*piece, rows)) })
}

// checkLosses reports the first operation whose value is not finite if a loss is not.
func (e *exec[E]) checkLosses() error {
	for i := range e.bufs {
		if b := &e.bufs[i]; b.dloss != 0 && !finite(b.scalar) {
			return &engine.NonFiniteError{Op: e.firstBad(b.op), Value: "its value"}
		}
	}
	return nil
}

// firstBad is the first operation, in running order, with a value that is not
// finite; last if there is none.
func (e *exec[E]) firstBad(last string) string {
	for i := range e.bufs {
		b := &e.bufs[i]
		wide := make([]float32, len(b.x))
		e.k.Widen(wide, b.x)
		for _, x := range wide {
			if !finite(float64(x)) {
				return b.op
			}
		}
	}
	return last
}

// blame names the operation of a variable whose gradient is not finite.
func (e *exec[E]) blame(bad *variable) error {
	for i, v := range e.trained {
		if v == bad {
			return &engine.NonFiniteError{Op: e.owner[i], Value: "the gradient by " + v.Name}
		}
	}
	return &engine.NonFiniteError{Op: bad.Name, Value: "its gradient"}
}

func (e *exec[E]) checkStatistics() error {
	for _, n := range e.norms {
		for c := range n.newMean {
			if !finite(float64(n.newMean[c])) || !finite(float64(n.newVar[c])) {
				return &engine.NonFiniteError{Op: e.bufs[n.y].op, Value: "a running statistic"}
			}
		}
	}
	return nil
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
