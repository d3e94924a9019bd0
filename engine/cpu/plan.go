package cpu

import (
	"fmt"

	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/kernel"
	"github.com/amdim/amdim/tensor"
)

// node is one step of a plan: an operation, or several fused into one.
type node[E kernel.Elem] interface {
	// forward computes the node's value; if e.train it also does what is
	// cheaper here than in backward.
	forward(e *exec[E])
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
	took bool // the gradient takes the memory of that of the node's value
}

// buffer holds a value, all values that are views of it (Reshape, StopGrad),
// and their gradient.
type buffer[E kernel.Elem] struct {
	op    string // operation that fills it
	rows  int    // leading dimension
	cols  int    // channels: the last dimension
	size  int    // number of elements
	local bool   // lives within a tile of a chain: x is nil
	x, dx []E
	exact []float32 // x as it was computed, for the caller; nil: x is all there is
	i32   []int32   // labels and indices
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
	uses  []int  // consumers of each value, outputs and losses included
	fused []bool // operations computed by another one's node
	bufOf []int  // buffer of each value, −1 if another node computes it on the way

	residuals map[int]residualOps // by the Add that ends each
	wholes    map[int]*whole[E]   // by the buffer that each gathers
}

func newPlanner[E kernel.Elem](e *exec[E], p *graph.Program, vars []*variable) *planner[E] {
	pl := &planner[E]{
		e: e, p: p, vars: vars, flow: p.Flow(),
		uses: make([]int, len(p.Values)), fused: make([]bool, len(p.Ops)), bufOf: make([]int, len(p.Values)),
		wholes: map[int]*whole[E]{},
	}
	for v := range pl.bufOf {
		pl.bufOf[v] = -1
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

// plan fills the exec's nodes and buffers in four steps: fuse marks operations, looking
// only at the uses of values; lower makes nodes and buffers in running order, so that the
// inputs of an operation already have theirs; finishChains needs all layers of a chain and
// decides which values stay in a tile (local); allocate gives memory to all other buffers.
func (pl *planner[E]) plan() {
	pl.fuse()
	for i, op := range pl.p.Ops {
		if !pl.fused[i] {
			pl.lower(i, op)
		}
	}
	for _, t := range pl.p.Loss {
		pl.e.bufs[pl.bufOf[t.Value]].dloss += t.Weight
	}
	pl.finishChains()
	pl.allocate()
}

// lower appends the node of operation i.
func (pl *planner[E]) lower(i int, op graph.Op) {
	switch a := op.Attr.(type) {
	case graph.Input:
		pl.lowerInput(op, a)
	case graph.Reshape, graph.StopGrad:
		pl.bufOf[op.Out[0]] = pl.bufOf[op.In[0]]
	case graph.Conv2D, graph.Linear:
		c := pl.newConv(op)
		c.y = pl.newBuffer(op, 0)
		pl.addConv(op, c)
	case graph.ReLU:
		pl.lowerReLU(op)
	case graph.Add:
		if r, ok := pl.residuals[i]; ok {
			pl.lowerResidual(op, r)
			return
		}
		pl.lowerAdd(op)
	case graph.AvgPool:
		pl.add(pl.newPool(op, a))
	case graph.PadChannels:
		pl.add(&padChannels[E]{x: pl.edge(op, 0), y: pl.newBuffer(op, 0)})
	case graph.BatchNorm:
		pl.add(pl.newBatchNorm(op, a))
	case graph.Dropout:
		scale := float32(1 / (1 - a.P))
		pl.add(&dropout[E]{x: pl.edge(op, 0), mask: pl.edge(op, 1), y: pl.newBuffer(op, 0), scale: scale})
	case graph.Gather:
		pl.add(pl.newGather(op))
	case graph.SoftmaxXent:
		pl.add(pl.newXent(op, a))
	case graph.NCE:
		pl.add(pl.newNCE(op, a))
	case graph.MixtureNCE:
		pl.add(pl.newMixture(op, a))
	default:
		panic(fmt.Sprintf("cpu: no node for %T", a))
	}
}

// lowerReLU makes a ReLU, or the convolution that ends in it.
func (pl *planner[E]) lowerReLU(op graph.Op) {
	if c, ok := pl.fusedInto(op.In[0]); ok {
		n := pl.newConv(c)
		n.y, n.relu = pl.newBuffer(op, 0), true
		pl.addConv(c, n)
		return
	}
	pl.add(&relu[E]{x: pl.edge(op, 0), y: pl.newBuffer(op, 0)})
}

// lowerAdd makes a sum, or the convolution that ends in it.
func (pl *planner[E]) lowerAdd(op graph.Op) {
	if pl.broadcasts(op) {
		pl.add(pl.newSpread(op))
		return
	}
	for k := range 2 {
		c, ok := pl.fusedInto(op.In[k])
		if _, conv := c.Attr.(graph.Conv2D); !ok || !conv {
			continue
		}
		n := pl.newConv(c)
		n.skip, n.hasSkip = pl.edge(op, 1-k), true
		if pad, ok := pl.fusedInto(op.In[1-k]); ok {
			n.skip = pl.edge(pad, 0)
		}
		if n.inPlace = pl.spare(op.In[1-k]); n.inPlace {
			n.y = n.skip.buf
			pl.bufOf[op.Out[0]] = n.y
		} else {
			n.y = pl.newBuffer(op, 0)
		}
		pl.add(n)
		return
	}
	pl.add(&sum[E]{a: pl.edge(op, 0), b: pl.edge(op, 1), y: pl.newBuffer(op, 0)})
}

// spare reports whether only the sum that v goes into needs v: it is a
// convolution without ReLU, read once.
func (pl *planner[E]) spare(v graph.ValueID) bool {
	i := pl.p.Values[v].Op
	_, conv := pl.p.Ops[i].Attr.(graph.Conv2D)
	return conv && !pl.fused[i] && pl.uses[v] == 1 && !pl.chained(v)
}

// fusedInto returns the delayed operation that makes v, if there is one.
func (pl *planner[E]) fusedInto(v graph.ValueID) (graph.Op, bool) {
	i := pl.p.Values[v].Op
	return pl.p.Ops[i], pl.fused[i]
}

func (pl *planner[E]) add(n node[E]) { pl.e.nodes = append(pl.e.nodes, n) }

// edge returns the edge to input k of an operation.
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
		b.rows, b.cols, b.size = v.Shape[0], v.Shape[len(v.Shape)-1], tensor.Size(v.Shape)
	}
	pl.bufOf[op.Out[k]] = len(pl.e.bufs)
	pl.e.bufs = append(pl.e.bufs, b)
	return len(pl.e.bufs) - 1
}
