package engine

import (
	"fmt"
	"slices"

	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/tensor"
)

// CheckProgram verifies that a program is bound, that its variables are among those of a
// state, and that those which its loss trains are trainable there. Engines call it first
// when they compile.
func CheckProgram(p *graph.Program, state []graph.Var) error {
	if !p.Bound() {
		return fmt.Errorf("engine: compile %s: the program is not bound", p.Name)
	}
	flow := p.Flow()
	for i, v := range p.Vars {
		at := slices.IndexFunc(state, func(x graph.Var) bool { return x.Name == v.Name })
		if at < 0 || !slices.Equal(state[at].Shape, v.Shape) {
			return fmt.Errorf("engine: compile %s: the state has no variable %s of shape %v", p.Name, v.Name, v.Shape)
		}
		if flow.Var[i] && !state[at].Trainable {
			return fmt.Errorf("engine: compile %s: it trains %s, which is frozen in the state", p.Name, v.Name)
		}
	}
	return nil
}

// CheckCall verifies that in and out fit the program: engines call it first.
func CheckCall(p *graph.Program, in, out []tensor.Tensor) error {
	if len(in) != len(p.Inputs) || len(out) != len(p.Outputs) {
		return fmt.Errorf("engine: %s: %d inputs and %d outputs, need %d and %d",
			p.Name, len(in), len(out), len(p.Inputs), len(p.Outputs))
	}
	for i, id := range p.Inputs {
		v := p.Values[id]
		if err := checkTensor(in[i], v, p.Ops[v.Op].Attr.(graph.Input).DType); err != nil {
			return fmt.Errorf("engine: %s: input %s: %w", p.Name, v.Name, err)
		}
	}
	for i, o := range p.Outputs {
		if err := checkTensor(out[i], p.Values[o.Value], tensor.Float32); err != nil {
			return fmt.Errorf("engine: %s: output %s: %w", p.Name, o.Name, err)
		}
	}
	return nil
}

func checkTensor(t tensor.Tensor, v graph.Value, d tensor.DType) error {
	if t.DType != d || !slices.Equal(t.Shape, v.Shape) || t.Len() != tensor.Size(v.Shape) {
		return fmt.Errorf("%v %v of %d elements, need %v %v", t.DType, t.Shape, t.Len(), d, v.Shape)
	}
	return nil
}

// Inputs makes tensors for the inputs of a bound program, all zero.
func Inputs(p *graph.Program) []tensor.Tensor {
	in := make([]tensor.Tensor, len(p.Inputs))
	for i, id := range p.Inputs {
		v := p.Values[id]
		switch p.Ops[v.Op].Attr.(graph.Input).DType {
		case tensor.Uint8:
			in[i] = tensor.NewUint8(v.Shape...)
		case tensor.Int32:
			in[i] = tensor.NewInt32(v.Shape...)
		default:
			in[i] = tensor.NewFloat32(v.Shape...)
		}
	}
	return in
}

// Outputs makes tensors for the outputs of a bound program.
func Outputs(p *graph.Program) []tensor.Tensor {
	out := make([]tensor.Tensor, len(p.Outputs))
	for i, o := range p.Outputs {
		out[i] = tensor.NewFloat32(slices.Clone(p.Values[o.Value].Shape)...)
	}
	return out
}
