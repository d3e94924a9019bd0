//go:build torch && linux

package torch

import (
	"encoding/json"
	"math"

	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/tensor"
)

// wire is graph.Program as shim/program.cc reads it.
type wire struct {
	Name    string          `json:"name"`
	Ops     []wireOp        `json:"ops"`
	Values  []wireValue     `json:"values"`
	Vars    []wireVar       `json:"vars"`
	Inputs  []graph.ValueID `json:"inputs"`
	Outputs []graph.ValueID `json:"outputs"`
	Loss    []wireTerm      `json:"loss"`
	Alone   bool            `json:"alone"`
}

type wireOp struct {
	Name string          `json:"name"`
	Kind string          `json:"kind"`
	Attr graph.Attr      `json:"attr"`
	In   []graph.ValueID `json:"in"`
	Out  []graph.ValueID `json:"out"`
	Vars []graph.VarID   `json:"vars"`
}

type wireValue struct {
	Name  string `json:"name"`
	Shape []int  `json:"shape"`
	Op    int    `json:"op"`
}

type wireVar struct {
	Name    string `json:"name"`
	Entry   int    `json:"entry"` // in the state
	Trained bool   `json:"trained"`
}

type wireTerm struct {
	Value  graph.ValueID `json:"value"`
	Weight float64       `json:"weight"`
}

// encode encodes a bound program; entries are those of its variables in the state.
func encode(p *graph.Program, entries []int) (string, error) {
	w := wire{Name: p.Name, Inputs: p.Inputs, Alone: alone(p)}
	for _, op := range p.Ops {
		w.Ops = append(w.Ops, wireOp{op.Name, op.Attr.Kind(), op.Attr, op.In, op.Out, op.Vars})
	}
	for _, v := range p.Values {
		w.Values = append(w.Values, wireValue{v.Name, v.Shape, v.Op})
	}
	flow := p.Flow()
	for i, v := range p.Vars {
		w.Vars = append(w.Vars, wireVar{v.Name, entries[i], flow.Var[i]})
	}
	for _, o := range p.Outputs {
		w.Outputs = append(w.Outputs, o.Value)
	}
	for _, t := range p.Loss {
		w.Loss = append(w.Loss, wireTerm{t.Value, t.Weight})
	}
	text, err := json.Marshal(w)
	return string(text), err
}

// alone reports whether the other processes of a group take no part in the program.
func alone(p *graph.Program) bool { return len(p.Loss) == 0 && !p.AcrossRows() }

// limits is the range in which the integers of an input must lie: [lo, hi).
type limits struct{ lo, hi int32 }

// limitsOf finds the limits of each input; for images and other numbers they
// are as wide as can be.
func limitsOf(p *graph.Program) []limits {
	at := map[graph.ValueID]limits{}
	for _, op := range p.Ops {
		switch op.Attr.(type) {
		case graph.SoftmaxXent:
			narrow(at, op.In[1], -1, p.Values[op.In[0]].Shape[1])
		case graph.Gather:
			shape := p.Values[op.In[0]].Shape
			narrow(at, op.In[1], 0, shape[1]*shape[2])
		}
	}
	all := make([]limits, len(p.Inputs))
	for i, id := range p.Inputs {
		l, ok := at[id]
		if !ok {
			l = limits{math.MinInt32, math.MaxInt32}
		}
		all[i] = l
	}
	return all
}

func narrow(at map[graph.ValueID]limits, v graph.ValueID, lo, hi int) {
	l, ok := at[v]
	if !ok {
		l = limits{math.MinInt32, math.MaxInt32}
	}
	at[v] = limits{max(l.lo, int32(lo)), min(l.hi, int32(hi))}
}

// outside is the first row with an integer outside l, or −1.
func (l limits) outside(t tensor.Tensor) int {
	for row, x := range t.I32 {
		if x < l.lo || x >= l.hi {
			return row
		}
	}
	return -1
}
