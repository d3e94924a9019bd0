package cpu

import (
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/kernel"
)

// fuse finds operations that are computed by the node of a later one.
func (pl *planner[E]) fuse() {
	pl.residuals = map[int]residualOps{}
	for i, op := range pl.p.Ops {
		switch op.Attr.(type) {
		case graph.ReLU:
			if c, _, ok := producer[graph.Conv2D](pl, op.In[0]); ok {
				pl.fused[c] = true
			}
		case graph.Add:
			if pl.broadcasts(op) {
				continue
			}
			if r, ok := pl.findResidual(op); ok {
				pl.residuals[i] = r
				for _, j := range r.ops {
					pl.fused[j] = true
				}
			} else {
				pl.fuseSum(op)
			}
		}
	}
}

// fuseSum lets a convolution end in the sum, and the sum skip the zero channels
// of its other operand.
func (pl *planner[E]) fuseSum(op graph.Op) {
	if op.In[0] == op.In[1] {
		return
	}
	for k := range 2 {
		c, _, ok := producer[graph.Conv2D](pl, op.In[k])
		if !ok {
			continue
		}
		pl.fused[c] = true
		if pad, _, ok := producer[graph.PadChannels](pl, op.In[1-k]); ok {
			pl.fused[pad] = true
		}
		return
	}
}

// producer is the operation of kind A that makes v, if one does, nothing else
// reads v, and it is not part of another node.
func producer[A graph.Attr, E kernel.Elem](pl *planner[E], v graph.ValueID) (i int, a A, ok bool) {
	i = pl.p.Values[v].Op
	a, ok = pl.p.Ops[i].Attr.(A)
	return i, a, ok && pl.uses[v] == 1 && !pl.fused[i]
}

// residualOps are the operations of a residual layer except its sum.
type residualOps struct {
	ops          []int
	conv1, conv2 int
}

// findResidual recognises a residual layer of PAPER 3.1 that fits into a chain:
//
//	conv2(relu(conv1(x))) + pad(pool(x))
//
// where pool has the windows of conv1 and is absent if they are one pixel, and
// pad is absent if no channels are added.
func (pl *planner[E]) findResidual(op graph.Op) (residualOps, bool) {
	for k := range 2 {
		conv2, a2, ok2 := producer[graph.Conv2D](pl, op.In[k])
		if !ok2 || a2.K != 1 || a2.Stride != 1 || a2.Bias {
			continue
		}
		relu, _, okR := producer[graph.ReLU](pl, pl.p.Ops[conv2].In[0])
		if !okR {
			continue
		}
		conv1 := pl.p.Values[pl.p.Ops[relu].In[0]].Op
		a1, ok1 := pl.p.Ops[conv1].Attr.(graph.Conv2D)
		if !ok1 || !pl.fused[conv1] || a1.Bias || a1.Pad > 0 || !pl.small(conv1) {
			continue
		}
		r := residualOps{ops: []int{conv2, relu}, conv1: conv1, conv2: conv2}
		if pl.skipOf(&r, op.In[1-k], a1) {
			return r, true
		}
	}
	return residualOps{}, false
}

// skipOf reports whether v is the skip of the layer, and adds its operations.
func (pl *planner[E]) skipOf(r *residualOps, v graph.ValueID, conv graph.Conv2D) bool {
	if pad, _, ok := producer[graph.PadChannels](pl, v); ok {
		r.ops = append(r.ops, pad)
		v = pl.p.Ops[pad].In[0]
	}
	if conv.K > 1 || conv.Stride > 1 {
		pool, a, ok := producer[graph.AvgPool](pl, v)
		if !ok || a.K != conv.K || a.Stride != conv.Stride {
			return false
		}
		r.ops = append(r.ops, pool)
		v = pl.p.Ops[pool].In[0]
	}
	return v == pl.p.Ops[r.conv1].In[0]
}
