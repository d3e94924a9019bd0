package ref

import (
	"fmt"
	"math"
	"slices"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/tensor"
)

// Exec runs one program.
type Exec struct {
	p     *graph.Program
	flow  graph.Flow
	state *State
	vars  []array // by VarID: the state's entries themselves
}

// Forward implements engine.Exec.
func (e *Exec) Forward(in, out []tensor.Tensor) error {
	if err := engine.CheckCall(e.p, in, out); err != nil {
		return err
	}
	c, err := e.forward(in)
	if err != nil {
		return err
	}
	e.export(out, c)
	return nil
}

// Forward64 returns the outputs, by name.
func (e *Exec) Forward64(in []tensor.Tensor) (map[string][]float64, error) {
	if err := engine.CheckCall(e.p, in, engine.Outputs(e.p)); err != nil {
		return nil, err
	}
	c, err := e.forward(in)
	if err != nil {
		return nil, err
	}
	return e.outputs(c), nil
}

// Grad implements engine.Exec. A variable that the loss does not reach has
// gradient 0; a name that is not a variable of the program is an error.
func (e *Exec) Grad(in, out []tensor.Tensor, d map[string][]float32) error {
	if err := engine.CheckCall(e.p, in, out); err != nil {
		return err
	}
	c, err := e.gradients(in)
	if err != nil {
		return err
	}
	e.export(out, c)
	for name, g := range d {
		i := slices.IndexFunc(e.p.Vars, func(v graph.Var) bool { return v.Name == name })
		if i < 0 || len(g) != len(c.dw[i].v) {
			return fmt.Errorf("ref: gradient of %s: there is no variable %s of %d elements", e.p.Name, name, len(g))
		}
		round(g, c.dw[i].v)
	}
	return nil
}

// Grad64 returns the outputs, by name, and the gradients by all variables of
// the program, by name; those that the loss does not reach are 0.
func (e *Exec) Grad64(in []tensor.Tensor) (out, d map[string][]float64, err error) {
	if err := engine.CheckCall(e.p, in, engine.Outputs(e.p)); err != nil {
		return nil, nil, err
	}
	c, err := e.gradients(in)
	if err != nil {
		return nil, nil, err
	}
	d = map[string][]float64{}
	for i, v := range e.p.Vars {
		d[v.Name] = c.dw[i].v
	}
	return e.outputs(c), d, nil
}

// Step implements engine.Exec.
func (e *Exec) Step(in, out []tensor.Tensor, lr float32) (engine.StepStats, error) {
	if err := engine.CheckCall(e.p, in, out); err != nil {
		return engine.StepStats{}, err
	}
	c, err := e.gradients(in)
	if err != nil {
		return engine.StepStats{}, err
	}
	e.export(out, c)
	return e.update(c, float64(lr))
}

// Step64 is Step with the outputs, by name, and the learning rate in float64.
func (e *Exec) Step64(in []tensor.Tensor, lr float64) (map[string][]float64, engine.StepStats, error) {
	if err := engine.CheckCall(e.p, in, engine.Outputs(e.p)); err != nil {
		return nil, engine.StepStats{}, err
	}
	c, err := e.gradients(in)
	if err != nil {
		return nil, engine.StepStats{}, err
	}
	st, err := e.update(c, lr)
	return e.outputs(c), st, err
}

// Close does nothing.
func (e *Exec) Close() error { return nil }

// call holds the arrays of one call.
type call struct {
	x, dx []array // values and the gradients by them, by ValueID
	w, dw []array // variables and the gradients by them, by VarID
}

// forward computes all values.
func (e *Exec) forward(in []tensor.Tensor) (*call, error) {
	c := &call{w: e.vars}
	for _, v := range e.p.Values {
		c.x = append(c.x, newArray(v.Shape))
		c.dx = append(c.dx, newArray(v.Shape))
	}
	for _, w := range e.vars {
		c.dw = append(c.dw, newArray(w.shape))
	}
	for i, id := range e.p.Inputs {
		input(e.p.Ops[e.p.Values[id].Op].Attr.(graph.Input), c.x[id], in[i])
	}
	for _, op := range e.p.Ops {
		if err := c.forward(op); err != nil {
			return nil, fmt.Errorf("ref: %s: %s: %w", e.p.Name, op.Name, err)
		}
	}
	return c, nil
}

// gradients computes all values and all gradients. An operation whose results
// carry no gradient, by graph.Flow, is left out.
func (e *Exec) gradients(in []tensor.Tensor) (*call, error) {
	c, err := e.forward(in)
	if err != nil {
		return nil, err
	}
	for _, t := range e.p.Loss {
		c.dx[t.Value].v[0] += t.Weight
	}
	for _, op := range slices.Backward(e.p.Ops) {
		if slices.ContainsFunc(op.Out, func(v graph.ValueID) bool { return e.flow.Value[v] }) {
			c.backward(op)
		}
	}
	for i := range c.dw {
		if !e.flow.Var[i] {
			clear(c.dw[i].v)
		}
	}
	return c, nil
}

// update checks everything and only then changes the state.
func (e *Exec) update(c *call, lr float64) (engine.StepStats, error) {
	if err := e.check(c); err != nil {
		return engine.StepStats{}, err
	}
	statistics, err := e.statistics(c)
	if err != nil {
		return engine.StepStats{}, err
	}
	var square float64
	for i, v := range e.p.Vars {
		if !e.flow.Var[i] {
			continue
		}
		for _, g := range c.dw[i].v {
			square += g * g
		}
		e.state.update(v, c.dw[i].v, lr)
	}
	for id, v := range statistics {
		if len(e.p.Loss) > 0 || lr == 1 {
			copy(e.vars[id].v, v.v)
			continue
		}
		for i, x := range v.v {
			e.vars[id].v[i] = (1-lr)*e.vars[id].v[i] + lr*x
		}
	}
	return engine.StepStats{GradNorm: math.Sqrt(square)}, nil
}

// statistics computes the running statistics after this batch.
func (e *Exec) statistics(c *call) (map[graph.VarID]array, error) {
	next := map[graph.VarID]array{}
	for _, op := range e.p.Ops {
		a, ok := op.Attr.(graph.BatchNorm)
		if !ok || a.Mode != graph.BatchUpdate {
			continue
		}
		mean, variance := clone(c.w[op.Vars[2]]), clone(c.w[op.Vars[3]])
		batchNormUpdate(a, mean, variance, c.x[op.In[0]])
		if !finite(mean.v) || !finite(variance.v) {
			return nil, &engine.NonFiniteError{Op: op.Name, Value: "a running statistic"}
		}
		next[op.Vars[2]], next[op.Vars[3]] = mean, variance
	}
	return next, nil
}

// check reports a loss or a gradient that is not finite, with the operation
// that made the first such value, in running order, or the first such gradient,
// from the loss backwards.
func (e *Exec) check(c *call) error {
	for _, t := range e.p.Loss {
		if finite(c.x[t.Value].v) {
			continue
		}
		for i, v := range e.p.Values {
			if !finite(c.x[i].v) {
				return &engine.NonFiniteError{Op: e.p.Ops[v.Op].Name, Value: "its value"}
			}
		}
	}
	for _, op := range slices.Backward(e.p.Ops) {
		for _, id := range op.Vars {
			if !finite(c.dw[id].v) {
				return &engine.NonFiniteError{Op: op.Name, Value: "the gradient by " + e.p.Vars[id].Name}
			}
		}
	}
	return nil
}

func (e *Exec) export(out []tensor.Tensor, c *call) {
	for i, o := range e.p.Outputs {
		round(out[i].F32, c.x[o.Value].v)
	}
}

func (e *Exec) outputs(c *call) map[string][]float64 {
	out := map[string][]float64{}
	for _, o := range e.p.Outputs {
		out[o.Name] = c.x[o.Value].v
	}
	return out
}

func clone(a array) array { return array{a.shape, slices.Clone(a.v)} }

func finite(v []float64) bool {
	for _, x := range v {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return false
		}
	}
	return true
}
