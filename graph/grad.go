package graph

// Flow says where gradients go in a program.
type Flow struct {
	Value []bool // by ValueID: the loss depends on it and it depends on a trained variable
	Var   []bool // by VarID: the loss reaches it and it is trainable
}

// Flow finds the values and variables that the loss reaches. A step does not
// touch variables that the loss does not reach: weight decay inside Adam would
// otherwise shrink a frozen encoder.
func (p *Program) Flow() Flow {
	f := Flow{Value: make([]bool, len(p.Values)), Var: make([]bool, len(p.Vars))}
	needs := make([]bool, len(p.Values)) // the value depends on a trainable variable
	for _, op := range p.Ops {
		n := p.trains(op)
		for _, v := range op.In {
			n = n || needs[v]
		}
		if _, stop := op.Attr.(StopGrad); stop {
			n = false
		}
		for _, v := range op.Out {
			needs[v] = n
		}
	}
	for _, t := range p.Loss {
		f.Value[t.Value] = needs[t.Value]
	}
	for i := len(p.Ops) - 1; i >= 0; i-- {
		op := p.Ops[i]
		if !anyOf(f.Value, op.Out) {
			continue
		}
		for _, v := range op.In {
			f.Value[v] = f.Value[v] || needs[v]
		}
		for _, v := range op.Vars {
			f.Var[v] = p.Vars[v].Trainable
		}
	}
	return f
}

func (p *Program) trains(op Op) bool {
	for _, v := range op.Vars {
		if p.Vars[v].Trainable {
			return true
		}
	}
	return false
}

func anyOf(set []bool, ids []ValueID) bool {
	for _, id := range ids {
		if set[id] {
			return true
		}
	}
	return false
}
