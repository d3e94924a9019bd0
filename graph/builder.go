package graph

import (
	"fmt"
	"math"
	"slices"

	"github.com/amdim/amdim/tensor"
)

// Builder writes a Program, one operation per call, in running order. Names of
// operations are unique; a variable is named for its operation. A wrong call is
// a bug and panics with the operation's name.
type Builder struct {
	p     Program
	names map[string]bool
	vars  map[string]VarID
	group string
}

// NewBuilder starts an empty program.
func NewBuilder(name string) *Builder {
	return &Builder{p: Program{Name: name}, names: map[string]bool{}, vars: map[string]VarID{}}
}

// Group puts variables created from now on into a parameter group.
func (b *Builder) Group(name string) { b.group = name }

// Program returns what was built. The Builder must not be used afterwards.
func (b *Builder) Program() *Program { return &b.p }

// Check panics unless v has the given shape: a shape comment that runs.
func (b *Builder) Check(v ValueID, shape ...int) {
	if got := b.p.Values[v]; !equalShape(got.Shape, shape) {
		panic(fmt.Sprintf("graph: %s: %s is %v, want %v", b.p.Name, got.Name, got.Shape, shape))
	}
}

// Shape is the shape of v.
func (b *Builder) Shape(v ValueID) []int { return slices.Clone(b.p.Values[v].Shape) }

// Output makes v an output of the program under a name.
func (b *Builder) Output(name string, v ValueID) {
	if b.p.Output(name) >= 0 {
		panic(fmt.Sprintf("graph: %s: output %s twice", b.p.Name, name))
	}
	b.p.Outputs = append(b.p.Outputs, Output{name, v})
}

// Loss adds weight·v to the loss.
func (b *Builder) Loss(v ValueID, weight float64) {
	b.Check(v)
	b.p.Loss = append(b.p.Loss, Term{v, weight})
}

// Input is a value given at every call.
func (b *Builder) Input(name string, a Input, shape ...int) ValueID {
	if a.DType == tensor.Uint8 && (len(a.Mean) != shape[len(shape)-1] || len(a.Std) != len(a.Mean)) {
		panic(fmt.Sprintf("graph: %s: input %s: %d means and %d deviations for %d channels",
			b.p.Name, name, len(a.Mean), len(a.Std), shape[len(shape)-1]))
	}
	id := b.append(name, a, nil, [][]int{shape})[0]
	if a.DType == tensor.Int32 {
		b.p.Values[id].DType = tensor.Int32
	}
	b.p.Inputs = append(b.p.Inputs, id)
	return id
}

// Conv2D is a convolution; w initialises its weight, the bias is U(±1/√fanIn).
func (b *Builder) Conv2D(name string, x ValueID, a Conv2D, w Init) ValueID {
	in := b.p.Values[x].Shape
	c := in[len(in)-1]
	vars := []VarID{b.variable(name+".weight", w, true, a.K, a.K, c, a.Out)}
	if a.Bias {
		vars = append(vars, b.variable(name+".bias", biasOf(a.K*a.K*c), true, a.Out))
	}
	return b.op(name, a, vars, x)[0]
}

// Linear is a fully connected layer; w initialises its weight, the bias is U(±1/√fanIn).
func (b *Builder) Linear(name string, x ValueID, a Linear, w Init) ValueID {
	in := b.p.Values[x].Shape
	return b.LinearFrom(name, x, a, w, biasOf(in[len(in)-1]))
}

// LinearFrom is Linear with its own initialiser for the bias.
func (b *Builder) LinearFrom(name string, x ValueID, a Linear, w, bias Init) ValueID {
	in := b.p.Values[x].Shape
	vars := []VarID{b.variable(name+".weight", w, true, in[len(in)-1], a.Out)}
	if a.Bias {
		vars = append(vars, b.variable(name+".bias", bias, true, a.Out))
	}
	return b.op(name, a, vars, x)[0]
}

// BatchNorm is batch normalisation over the last dimension.
func (b *Builder) BatchNorm(name string, x ValueID, a BatchNorm) ValueID {
	in := b.p.Values[x].Shape
	c := in[len(in)-1]
	vars := []VarID{
		b.variable(name+".scale", Ones(), true, c),
		b.variable(name+".bias", Zeros(), true, c),
		b.variable(name+".mean", Zeros(), false, c),
		b.variable(name+".var", Ones(), false, c),
	}
	return b.op(name, a, vars, x)[0]
}

// ReLU is max(x, 0).
func (b *Builder) ReLU(name string, x ValueID) ValueID { return b.op(name, ReLU{}, nil, x)[0] }

// AvgPool is the mean over k×k windows.
func (b *Builder) AvgPool(name string, x ValueID, k, stride int) ValueID {
	return b.op(name, AvgPool{k, stride}, nil, x)[0]
}

// PadChannels appends zero channels up to out.
func (b *Builder) PadChannels(name string, x ValueID, out int) ValueID {
	return b.op(name, PadChannels{out}, nil, x)[0]
}

// Add is x + y; y may be rows (n, c), which are added at every place of x (n, …, c).
func (b *Builder) Add(name string, x, y ValueID) ValueID { return b.op(name, Add{}, nil, x, y)[0] }

// Reshape gives each row of x the shape row.
func (b *Builder) Reshape(name string, x ValueID, row ...int) ValueID {
	return b.op(name, Reshape{row}, nil, x)[0]
}

// Dropout multiplies x by mask/(1 − p).
func (b *Builder) Dropout(name string, x, mask ValueID, p float64) ValueID {
	return b.op(name, Dropout{p}, nil, x, mask)[0]
}

// Gather picks location index[i] of row i.
func (b *Builder) Gather(name string, x, index ValueID) ValueID {
	return b.op(name, Gather{}, nil, x, index)[0]
}

// SoftmaxXent is the classifier loss; see the type.
func (b *Builder) SoftmaxXent(
	name string, logits, labels ValueID, clip float64,
) (loss, penalty, accuracy ValueID) {
	o := b.op(name, SoftmaxXent{clip}, nil, logits, labels)
	return o[0], o[1], o[2]
}

// NCE is the contrastive loss of both directions; see the type.
func (b *Builder) NCE(
	name string, antecedent, consequent ValueID, clip float64,
) (loss, penalty, clipped ValueID) {
	o := b.op(name, NCE{clip}, nil, antecedent, consequent)
	return o[0], o[1], o[2]
}

// Mixture holds the results of MixtureNCE.
type Mixture struct{ Loss, Penalty, Clipped, Usage, Q ValueID }

// MixtureNCE is the contrastive loss of a mixture; see the type.
func (b *Builder) MixtureNCE(name string, components, consequent ValueID, a MixtureNCE) Mixture {
	o := b.op(name, a, nil, components, consequent)
	return Mixture{o[0], o[1], o[2], o[3], o[4]}
}

// StopGrad lets no gradient pass back.
func (b *Builder) StopGrad(name string, x ValueID) ValueID {
	return b.op(name, StopGrad{}, nil, x)[0]
}

func (b *Builder) op(name string, a Attr, vars []VarID, in ...ValueID) []ValueID {
	shapes, err := infer(a, b.p.shapes(in))
	if err != nil {
		panic(fmt.Sprintf("graph: %s: %s %s: %v", b.p.Name, a.Kind(), name, err))
	}
	out := b.append(name, a, in, shapes)
	b.p.Ops[len(b.p.Ops)-1].Vars = vars
	return out
}

// resultNames are the result names of operations with several results.
var resultNames = map[string][]string{
	"SoftmaxXent": {"loss", "penalty", "accuracy"},
	"NCE":         {"loss", "penalty", "clipped"},
	"MixtureNCE":  {"loss", "penalty", "clipped", "usage", "q"},
}

func (b *Builder) append(name string, a Attr, in []ValueID, shapes [][]int) []ValueID {
	if b.names[name] {
		panic(fmt.Sprintf("graph: %s: operation %s twice", b.p.Name, name))
	}
	b.names[name] = true
	out := make([]ValueID, len(shapes))
	for i, s := range shapes {
		v := Value{Name: name, Shape: s, Op: len(b.p.Ops)}
		if r := resultNames[a.Kind()]; r != nil {
			v.Name += "." + r[i]
		}
		out[i] = ValueID(len(b.p.Values))
		b.p.Values = append(b.p.Values, v)
	}
	b.p.Ops = append(b.p.Ops, Op{Name: name, Attr: a, In: in, Out: out})
	return out
}

func (b *Builder) variable(name string, init Init, trainable bool, shape ...int) VarID {
	if id, ok := b.vars[name]; ok {
		panic(fmt.Sprintf("graph: %s: variable %s (%d) twice", b.p.Name, name, id))
	}
	id := VarID(len(b.p.Vars))
	b.vars[name] = id
	b.p.Vars = append(b.p.Vars, Var{Name: name, Shape: shape, Init: init, Trainable: trainable, Group: b.group})
	return id
}

func biasOf(fanIn int) Init { return Uniform(1 / math.Sqrt(float64(fanIn))) }
