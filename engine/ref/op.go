package ref

import (
	"fmt"

	"github.com/amdim/amdim/graph"
)

// forward sets the results of an operation, which are zero, from its inputs
// and variables. Inputs of the program are set already.
func (c *call) forward(op graph.Op) error {
	x, y := c.in(op, 0), c.x[op.Out[0]]
	switch a := op.Attr.(type) {
	case graph.Input:
	case graph.Conv2D:
		conv2D(a, y, x, c.w[op.Vars[0]], bias(c.w, op))
	case graph.BatchNorm:
		v := op.Vars
		batchNorm(a, y, x, c.w[v[0]], c.w[v[1]], c.w[v[2]], c.w[v[3]])
	case graph.ReLU:
		relu(y, x)
	case graph.AvgPool:
		avgPool(a, y, x)
	case graph.PadChannels:
		padChannels(y, x)
	case graph.Add:
		add(y, x, c.in(op, 1))
	case graph.Reshape, graph.StopGrad:
		pass(y, x)
	case graph.Linear:
		linear(y, x, c.w[op.Vars[0]], bias(c.w, op))
	case graph.Dropout:
		dropout(a, y, x, c.in(op, 1))
	case graph.Gather:
		return gather(y, x, c.in(op, 1))
	case graph.SoftmaxXent:
		return softmaxXent(a, y, c.x[op.Out[1]], c.x[op.Out[2]], x, c.in(op, 1))
	case graph.NCE:
		nce(a, y, c.x[op.Out[1]], c.x[op.Out[2]], x, c.in(op, 1))
	case graph.MixtureNCE:
		mixtureNCE(a, of(c.x, op.Out), x, c.in(op, 1))
	default:
		panic(fmt.Sprintf("ref: no forward for %T", a))
	}
	return nil
}

// backward adds to the gradients by the inputs and variables of an operation,
// given those by its results. StopGrad has no case: graph.Flow ends before it.
func (c *call) backward(op graph.Op) {
	x, dy := c.in(op, 0), c.dx[op.Out[0]]
	dx := c.din(op, 0)
	switch a := op.Attr.(type) {
	case graph.Conv2D:
		conv2DBackward(a, dx, c.dw[op.Vars[0]], bias(c.dw, op), dy, x, c.w[op.Vars[0]])
	case graph.BatchNorm:
		v := op.Vars
		batchNormBackward(a, dx, c.dw[v[0]], c.dw[v[1]], dy, x, c.w[v[0]], c.w[v[2]], c.w[v[3]])
	case graph.ReLU:
		reluBackward(dx, dy, x)
	case graph.AvgPool:
		avgPoolBackward(a, dx, dy)
	case graph.PadChannels:
		padChannelsBackward(dx, dy)
	case graph.Add:
		addBackward(dx, c.din(op, 1), dy)
	case graph.Reshape:
		reshapeBackward(dx, dy)
	case graph.Linear:
		linearBackward(dx, c.dw[op.Vars[0]], bias(c.dw, op), dy, x, c.w[op.Vars[0]])
	case graph.Dropout:
		dropoutBackward(a, dx, dy, c.in(op, 1))
	case graph.Gather:
		gatherBackward(dx, dy, c.in(op, 1))
	case graph.SoftmaxXent:
		softmaxXentBackward(a, dx, dy, c.dx[op.Out[1]], x, c.in(op, 1))
	case graph.NCE:
		nceBackward(a, dx, c.din(op, 1), dy, c.dx[op.Out[1]], x, c.in(op, 1))
	case graph.MixtureNCE:
		mixtureNCEBackward(a, dx, c.din(op, 1), of(c.dx, op.Out), x, c.in(op, 1))
	default:
		panic(fmt.Sprintf("ref: no backward for %T", a))
	}
}

// of picks some values or gradients.
func of(all []array, ids []graph.ValueID) []array {
	some := make([]array, len(ids))
	for i, id := range ids {
		some[i] = all[id]
	}
	return some
}

// in is input k of an operation; an Input has none.
func (c *call) in(op graph.Op, k int) array {
	if len(op.In) == 0 {
		return array{}
	}
	return c.x[op.In[k]]
}

// din is the gradient by input k.
func (c *call) din(op graph.Op, k int) array { return c.dx[op.In[k]] }

// bias is the entry of an operation's bias, its second variable; empty without.
func bias(vars []array, op graph.Op) array {
	if len(op.Vars) < 2 {
		return array{}
	}
	return vars[op.Vars[1]]
}
