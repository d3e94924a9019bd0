package cpu

import (
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/tensor"
)

// small reports whether a convolution has so many locations and so few weights
// that it belongs in a chain.
func (pl *planner[E]) small(i int) bool {
	op := pl.p.Ops[i]
	if _, ok := op.Attr.(graph.Conv2D); !ok {
		return false
	}
	s := pl.p.Values[op.Out[0]].Shape
	return s[1]*s[2] >= chainLocation && pl.weights(i) <= chainWeights
}

// weights is the number of weights of an operation.
func (pl *planner[E]) weights(i int) int { return tensor.Size(pl.p.Vars[pl.p.Ops[i].Vars[0]].Shape) }

// addConv appends a convolution without a skip, to a chain if it belongs in one.
func (pl *planner[E]) addConv(op graph.Op, c *conv[E]) {
	i := pl.p.Values[op.Out[0]].Op
	if !pl.small(i) {
		pl.add(c)
		return
	}
	pl.chain(c, op.In[0], 1, pl.weights(i))
}

// lowerResidual appends a residual layer to a chain.
func (pl *planner[E]) lowerResidual(op graph.Op, r residualOps) {
	conv1, conv2 := pl.p.Ops[r.conv1], pl.p.Ops[r.conv2]
	n := &residual[E]{conv1: pl.newFilter(conv1), conv2: pl.newFilter(conv2), x: pl.edge(conv1, 0)}
	n.h, n.y = pl.newBuffer(conv1, 0), pl.newBuffer(op, 0)
	pl.chain(n, conv1.In[0], 2, pl.weights(r.conv1)+pl.weights(r.conv2))
}

// chain appends a layer to the chain that makes its input x, if nothing but the
// layer itself reads x, or begins a new chain. A view of the chain's value is not
// enough: others may read what it is a view of, and a StopGrad ends gradients.
func (pl *planner[E]) chain(l layer[E], x graph.ValueID, reads, weights int) {
	if n := len(pl.e.nodes); n > 0 {
		c, ok := pl.e.nodes[n-1].(*chain[E])
		own := ok && c.last() == l.input().buf && !pl.isView(x)
		if own && pl.uses[x] == reads && c.weights+weights <= chainWeights {
			c.layers, c.weights = append(c.layers, l), c.weights+weights
			return
		}
	}
	n := pl.p.Values[x].Shape[0]
	pl.add(&chain[E]{layers: []layer[E]{l}, n: n, parts: min(n, chainParts), weights: weights})
}

// isView reports whether v shares the buffer of another value.
func (pl *planner[E]) isView(v graph.ValueID) bool {
	switch pl.p.Ops[pl.p.Values[v].Op].Attr.(type) {
	case graph.Reshape, graph.StopGrad:
		return true
	}
	return false
}

// chained reports whether a chain makes v.
func (pl *planner[E]) chained(v graph.ValueID) bool {
	for _, n := range pl.e.nodes {
		if c, ok := n.(*chain[E]); ok && c.last() == pl.bufOf[v] {
			return true
		}
	}
	return false
}

// finishChains decides how many images a tile has, what is kept, and where each
// filter's sums lie.
func (pl *planner[E]) finishChains() {
	grad := make([]bool, len(pl.e.bufs))
	for v := range pl.p.Values {
		if b := pl.bufOf[v]; b >= 0 && pl.flow.Value[v] {
			grad[b] = true
		}
	}
	for _, n := range pl.e.nodes {
		c, ok := n.(*chain[E])
		if !ok {
			continue
		}
		largest := 1
		for _, v := range append(c.values(), c.layers[0].input().buf) {
			b := &pl.e.bufs[v]
			largest = max(largest, b.size/c.n*size[E]())
			b.local = !grad[c.last()] && v != c.last() && v != c.layers[0].input().buf
		}
		if grad[c.last()] {
			pl.markAgain(c)
		}
		c.tile = max(1, min(chainImages, chainBytes/largest))
		for _, l := range c.layers {
			c.all = append(c.all, l.filters()...)
		}
		for _, f := range c.all {
			f.sumAt = c.sumLen
			c.sumLen += f.sums.len()
		}
	}
}

// markAgain marks the values of a chain that backward recomputes: sums of so few terms
// that keeping them in memory takes longer.
func (pl *planner[E]) markAgain(c *chain[E]) {
	few := func(f *filter[E]) bool { return f.depth() <= pl.e.k.Again }
	for i, l := range c.layers {
		switch l := l.(type) {
		case *residual[E]:
			pl.e.bufs[l.h].local = l.conv1.pointwise() && few(l.conv1)
		case *conv[E]:
			given := pl.e.bufs[l.x.buf]
			pl.e.bufs[l.y].local = i < len(c.layers)-1 && !given.local && few(l.filter)
		}
	}
}
