package graph

import (
	"strings"

	"github.com/amdim/amdim/tensor"
)

// Cost counts the work and memory of a bound program.
type Cost struct {
	Parameters int   // trainable scalars
	Forward    int64 // FLOPs of convolutions, linear layers and NCE products; one multiply-add is 2
	// Train is 3·Forward, the customary count: backward has two products for each of
	// forward's. The first layer and probes after a StopGrad need only one of them, so a
	// step computes somewhat less.
	Train      int64
	Activation int64 // bytes of all values in float32
}

// Cost returns the cost of a bound program; it panics if a dimension is Any.
func (p *Program) Cost() Cost {
	if !p.Bound() {
		panic("graph: Cost: " + p.Name + " is not bound")
	}
	var c Cost
	for _, v := range p.Vars {
		if v.Trainable {
			c.Parameters += tensor.Size(v.Shape)
		}
	}
	for _, v := range p.Values {
		c.Activation += 4 * int64(tensor.Size(v.Shape))
	}
	for _, op := range p.Ops {
		c.Forward += p.OpFLOPs(op)
	}
	c.Train = 3 * c.Forward
	return c
}

// OpFLOPs returns the FLOPs of one operation's products in forward.
func (p *Program) OpFLOPs(op Op) int64 {
	switch a := op.Attr.(type) {
	case Conv2D:
		in, out := p.Values[op.In[0]].Shape, p.Values[op.Out[0]].Shape
		return 2 * int64(tensor.Size(out)) * int64(a.K*a.K*in[3])
	case Linear:
		in := p.Values[op.In[0]].Shape
		return 2 * int64(in[0]) * int64(in[1]) * int64(a.Out)
	case NCE: // two directions of B antecedents against B·L consequents
		half := int64(p.Values[op.In[0]].Shape[0] / 2)
		return 2 * half * int64(tensor.Size(p.Values[op.In[1]].Shape))
	case MixtureNCE: // the same with k antecedents for each
		in := p.Values[op.In[0]].Shape
		return 2 * int64(in[0]/2*in[1]) * int64(tensor.Size(p.Values[op.In[1]].Shape))
	}
	return 0
}

// Parameters counts the trainable scalars whose variable name starts with one
// of the prefixes; without prefixes, all.
func Parameters(vars []Var, prefixes ...string) int {
	n := 0
	for _, v := range vars {
		if !v.Trainable {
			continue
		}
		match := len(prefixes) == 0
		for _, p := range prefixes {
			match = match || strings.HasPrefix(v.Name, p)
		}
		if match {
			n += tensor.Size(v.Shape)
		}
	}
	return n
}
