package cpu

import (
	"fmt"

	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/kernel"
	"github.com/amdim/amdim/tensor"
)

// node is one step of a plan: an operation, or several fused into one.
type node[E kernel.Elem] interface {
	// forward computes the node's value; with train it also does what is
	// cheaper now than in backward.
	forward(e *exec[E], train bool)
	// backward sends the gradient of the node's value to its inputs and
	// variables. Gradients of variables are set, of inputs set or added to.
	backward(e *exec[E])
	// inputs are the edges along which backward may send gradients, in the
	// order in which it does.
	inputs() []*edge
	// values are the buffers that the node fills.
	values() []int
}

// edge leads from a node to the buffer of one of its inputs.
type edge struct {
	buf  int
	cols int  // last dimension of the input as the node sees it
	grad bool // a gradient flows along it
	add  bool // another node has written the gradient before: add to it
}

// buffer holds a value with all values that are views of it (Reshape,
// StopGrad), and their gradient.
type buffer[E kernel.Elem] struct {
	op    string // operation that fills it
	rows  int    // leading dimension
	cols  int    // channels: the last dimension
	x, dx []E
	i32   []int32 // labels and indices
	f32   []float32
	// scalars: losses and metrics
	scalar float64
	dloss  float64 // derivative of the loss by this scalar
}

// planner turns a program into nodes.
type planner[E kernel.Elem] struct {
	e     *exec[E]
	p     *graph.Program
	vars  []*variable
	flow  graph.Flow
	uses  []int // consumers of each value, outputs and losses included
	fused []bool
	bufOf []int // buffer of each value
}

func newPlanner[E kernel.Elem](e *exec[E], p *graph.Program, vars []*variable) *planner[E] {
	pl := &planner[E]{
		e: e, p: p, vars: vars, flow: p.Flow(),
		uses: make([]int, len(p.Values)), fused: make([]bool, len(p.Ops)), bufOf: make([]int, len(p.Values)),
	}
	for _, op := range p.Ops {
		for _, v := range op.In {
			pl.uses[v]++
		}
	}
	for _, o := range p.Outputs {
		pl.uses[o.Value]++
	}
	for _, t := range p.Loss {
		pl.uses[t.Value]++
	}
	return pl
}

// plan fills the exec's nodes and buffers.
func (pl *planner[E]) plan() {
	for i := range pl.p.Ops {
		if !pl.fuse(i) {
			pl.lower(i)
		}
	}
	for _, t := range pl.p.Loss {
		pl.e.bufs[pl.bufOf[t.Value]].dloss += t.Weight
	}
	pl.gradients()
}

// fuse delays a convolution whose only consumer can be part of its epilogue:
// the consumer will lower both.
func (pl *planner[E]) fuse(i int) bool {
	op := pl.p.Ops[i]
	if _, ok := op.Attr.(graph.Conv2D); !ok || pl.uses[op.Out[0]] != 1 {
		return false
	}
	for _, next := range pl.p.Ops[i+1:] {
		for k, v := range next.In {
			if v != op.Out[0] {
				continue
			}
			switch next.Attr.(type) {
			case graph.ReLU:
				pl.fused[i] = true
			case graph.Add:
				// The convolution of both operands cannot end in one epilogue.
				other := pl.p.Values[next.In[1-k]].Op
				pl.fused[i] = next.In[1-k] != v && !pl.fused[other]
			}
		}
	}
	return pl.fused[i]
}

// lower appends the node of operation i.
func (pl *planner[E]) lower(i int) {
	op := pl.p.Ops[i]
	switch a := op.Attr.(type) {
	case graph.Input:
		pl.lowerInput(op, a)
	case graph.Reshape, graph.StopGrad:
		pl.bufOf[op.Out[0]] = pl.bufOf[op.In[0]]
	case graph.Conv2D:
		pl.add(pl.newConv(op, op))
	case graph.Linear:
		pl.add(pl.newConv(op, op))
	case graph.ReLU:
		if c, ok := pl.fusedInto(op.In[0]); ok {
			n := pl.newConv(c, op)
			n.relu = true
			pl.add(n)
			return
		}
		pl.add(&relu[E]{x: pl.edge(op, 0), y: pl.newBuffer(op, 0)})
	case graph.Add:
		pl.lowerAdd(op)
	case graph.AvgPool:
		pl.add(pl.newPool(op, a))
	case graph.PadChannels:
		pl.add(&padChannels[E]{x: pl.edge(op, 0), y: pl.newBuffer(op, 0)})
	case graph.BatchNorm:
		pl.add(pl.newBatchNorm(op, a))
	case graph.Dropout:
		pl.add(&dropout[E]{x: pl.edge(op, 0), mask: pl.edge(op, 1), y: pl.newBuffer(op, 0), scale: float32(1 / (1 - a.P))})
	case graph.Gather:
		pl.add(pl.newGather(op))
	case graph.SoftmaxXent:
		pl.add(pl.newXent(op, a))
	case graph.NCE:
		pl.add(pl.newNCE(op, a))
	default:
		panic(fmt.Sprintf("cpu: no node for %T", a))
	}
}

// lowerAdd makes a sum, or the convolution that ends in it.
func (pl *planner[E]) lowerAdd(op graph.Op) {
	for k := range 2 {
		if c, ok := pl.fusedInto(op.In[k]); ok {
			n := pl.newConv(c, op)
			n.skip, n.hasSkip = pl.edge(op, 1-k), true
			pl.add(n)
			return
		}
	}
	pl.add(&sum[E]{a: pl.edge(op, 0), b: pl.edge(op, 1), y: pl.newBuffer(op, 0)})
}

// fusedInto is the delayed convolution that makes v, if one does.
func (pl *planner[E]) fusedInto(v graph.ValueID) (graph.Op, bool) {
	i := pl.p.Values[v].Op
	return pl.p.Ops[i], pl.fused[i]
}

func (pl *planner[E]) add(n node[E]) { pl.e.nodes = append(pl.e.nodes, n) }

// edge leads to input k of an operation.
func (pl *planner[E]) edge(op graph.Op, k int) edge {
	v := op.In[k]
	s := pl.p.Values[v].Shape
	return edge{buf: pl.bufOf[v], cols: s[len(s)-1], grad: pl.flow.Value[v]}
}

// newBuffer makes the buffer of result k of an operation.
func (pl *planner[E]) newBuffer(op graph.Op, k int) int {
	v := pl.p.Values[op.Out[k]]
	b := buffer[E]{op: op.Name}
	if len(v.Shape) > 0 {
		b.rows, b.cols = v.Shape[0], v.Shape[len(v.Shape)-1]
		b.x = make([]E, tensor.Size(v.Shape))
	}
	pl.bufOf[op.Out[k]] = len(pl.e.bufs)
	pl.e.bufs = append(pl.e.bufs, b)
	return len(pl.e.bufs) - 1
}

// gradients walks the plan backwards: the first node to write a gradient sets
// it, later ones add; its memory is free again once the node that made the
// value has used it.
func (pl *planner[E]) gradients() {
	if len(pl.p.Loss) == 0 {
		return
	}
	free := map[int][][]E{} // by length
	e := pl.e
	for i := len(e.nodes) - 1; i >= 0; i-- {
		for _, in := range e.nodes[i].inputs() {
			b := &e.bufs[in.buf]
			if !in.grad {
				continue
			}
			in.add = b.dx != nil
			if !in.add {
				b.dx = take(free, len(b.x))
			}
		}
		for _, v := range e.nodes[i].values() {
			if dx := e.bufs[v].dx; dx != nil {
				free[len(dx)] = append(free[len(dx)], dx)
			}
		}
	}
}

// take reuses a free slice of length n or makes one.
func take[E kernel.Elem](free map[int][][]E, n int) []E {
	f := free[n]
	if len(f) == 0 {
		return make([]E, n)
	}
	free[n] = f[:len(f)-1]
	return f[len(f)-1]
}
