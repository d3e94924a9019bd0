package graph

import (
	"fmt"
	"slices"

	"github.com/amdim/amdim/tensor"
)

// Any is a dimension that Bind will fix.
const Any = -1

// ValueID indexes Program.Values.
type ValueID int

// VarID indexes Program.Vars.
type VarID int

// Program is a network: operations in running order.
type Program struct {
	Name    string
	Ops     []Op
	Values  []Value
	Vars    []Var
	Inputs  []ValueID // results of the Input operations, in order
	Outputs []Output
	Loss    []Term // Σ Weight·Value is minimised; empty: nothing to train
}

// Op is one operation.
type Op struct {
	Name    string
	Attr    Attr
	In, Out []ValueID
	Vars    []VarID // in the order given at the attribute type
}

// Value is the result of an operation.
type Value struct {
	Name  string
	Shape []int // nil: a scalar
	DType tensor.DType
	Op    int // index of the operation that makes it
}

// Var is a variable: a weight, or a running statistic when Trainable is false.
type Var struct {
	Name      string
	Shape     []int
	Init      Init
	Trainable bool
	Group     string // parameter group: see engine.Options
}

// Output is a value that the caller receives.
type Output struct {
	Name  string
	Value ValueID
}

// Term is a summand of the loss; Value is a scalar.
type Term struct {
	Value  ValueID
	Weight float64
}

// Output returns the index in Outputs of the name, or −1.
func (p *Program) Output(name string) int {
	for i, o := range p.Outputs {
		if o.Name == name {
			return i
		}
	}
	return -1
}

// Input returns the index in Inputs of the name, or −1.
func (p *Program) Input(name string) int {
	for i, v := range p.Inputs {
		if p.Values[v].Name == name {
			return i
		}
	}
	return -1
}

// Dropout returns P of the dropout operation that takes the mask, or panics.
func (p *Program) Dropout(mask ValueID) float64 {
	for _, op := range p.Ops {
		if d, ok := op.Attr.(Dropout); ok && op.In[1] == mask {
			return d.P
		}
	}
	panic(fmt.Sprintf("graph: Dropout: no operation of program %s takes %s as its mask",
		p.Name, p.Values[mask].Name))
}

// Bound reports whether every dimension is known.
func (p *Program) Bound() bool {
	for _, v := range p.Values {
		for _, d := range v.Shape {
			if d == Any {
				return false
			}
		}
	}
	return true
}

// Bind returns the program with the leading dimension of every input set to
// rows and, for images, height and width set where they were Any.
func (p *Program) Bind(rows, height, width int) (*Program, error) {
	if rows <= 0 {
		return nil, fmt.Errorf("graph: bind %s: rows = %d, need at least 1", p.Name, rows)
	}
	q := *p
	q.Values = make([]Value, len(p.Values))
	copy(q.Values, p.Values)
	for _, id := range p.Inputs {
		s := append([]int(nil), p.Values[id].Shape...)
		for i, fix := range []int{rows, height, width} {
			if i < len(s) && s[i] == Any && fix > 0 {
				s[i] = fix
			}
		}
		q.Values[id].Shape = s
	}
	for _, op := range q.Ops {
		if _, ok := op.Attr.(Input); ok {
			continue
		}
		shapes, err := infer(op.Attr, q.shapes(op.In))
		if err != nil {
			return nil, fmt.Errorf("graph: bind %s to %d rows of %d×%d: %s: %w",
				p.Name, rows, height, width, op.Name, err)
		}
		for i, id := range op.Out {
			q.Values[id].Shape = shapes[i]
		}
	}
	if !q.Bound() {
		return nil, fmt.Errorf("graph: bind %s: height and width are needed, got %d×%d", p.Name, height, width)
	}
	return &q, nil
}

// AcrossRows reports whether the result of some operation depends on other rows
// of the batch: through batch statistics, negatives or means.
func (p *Program) AcrossRows() bool {
	for _, op := range p.Ops {
		switch a := op.Attr.(type) {
		case NCE, MixtureNCE, SoftmaxXent:
			return true
		case BatchNorm:
			if a.Mode != Running {
				return true
			}
		}
	}
	return false
}

func (p *Program) shapes(ids []ValueID) [][]int {
	s := make([][]int, len(ids))
	for i, id := range ids {
		s[i] = p.Values[id].Shape
	}
	return s
}

// Variables returns the variables of all programs, each name once, in order of first
// use and as the first program defines it: only there is a probe said to start from
// zeros. Two programs that disagree about the shape of a variable, or whether it is
// trained, are a bug: it panics.
func Variables(programs ...*Program) []Var {
	var vars []Var
	index := map[string]int{}
	for _, p := range programs {
		for _, v := range p.Vars {
			i, ok := index[v.Name]
			if !ok {
				index[v.Name] = len(vars)
				vars = append(vars, v)
				continue
			}
			have := vars[i]
			if !equalShape(have.Shape, v.Shape) {
				panic(fmt.Sprintf("graph: Variables: %s is %v and, in %s, %v", v.Name, have.Shape, p.Name, v.Shape))
			}
			if have.Trainable != v.Trainable {
				panic(fmt.Sprintf("graph: Variables: %s is trainable: %t and, in %s, %t",
					v.Name, have.Trainable, p.Name, v.Trainable))
			}
		}
	}
	return vars
}

// Frozen returns a copy of the variables in which none is trained.
func Frozen(vars []Var) []Var {
	vars = slices.Clone(vars)
	for i := range vars {
		vars[i].Trainable = false
	}
	return vars
}
