package selftest

import (
	"fmt"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/internal/sample"
	"github.com/amdim/amdim/engine/ref"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/tensor"
)

// Definition is the training step of a network as engine/ref computes it.
type Definition struct {
	Network Network

	p    *graph.Program
	in   []tensor.Tensor
	vars map[string][]float32
	eps  float64 // of Adam
	want *outcome
}

// Define computes the step of n in float64, which takes seconds.
func Define(n Network) (*Definition, error) {
	d, err := define(n)
	if err != nil {
		return nil, fmt.Errorf("selftest: %s: %w", n.Name, err)
	}
	return d, nil
}

func define(n Network) (*Definition, error) {
	p, err := n.step()
	if err != nil {
		return nil, err
	}
	d := &Definition{Network: n, p: p, in: inputs(p), vars: map[string][]float32{}, eps: 1}
	for _, v := range p.Vars {
		r := sample.Stream(seed, v.Name)
		d.vars[v.Name] = sample.Variable(&r, v)
	}
	s, err := d.open(ref.New())
	if err != nil {
		return nil, err
	}
	defer s.close()
	gradients, err := s.gradients()
	if err != nil {
		return nil, err
	}
	// With a small Eps a first update is the sign of the gradient, and that of a small
	// element is noise.
	d.eps = sample.Largest(gradients) / 10
	d.want, err = d.run(ref.New())
	return d, err
}

// Measure computes the step on e and returns how far from the definition it is.
func (d *Definition) Measure(e engine.Engine) (Errors, error) {
	got, err := d.run(e)
	if err != nil {
		return nil, fmt.Errorf("selftest: %s on %s: %w", d.Network.Name, e.Name(), err)
	}
	errs := Errors{}
	errs.add(Output, got.outputs, d.want.outputs, nil)
	errs.add(Gradient, got.gradients, d.want.gradients, d.want.gradients)
	errs.add(Update, got.changes, d.want.changes, d.want.gradients)
	return errs, nil
}

// Same reports whether two engines give the same bytes, as those with one thread and
// with seven must.
func (d *Definition) Same(a, b engine.Engine) (bool, error) {
	x, err := d.run(a)
	if err != nil {
		return false, fmt.Errorf("selftest: %s on %s: %w", d.Network.Name, a.Name(), err)
	}
	y, err := d.run(b)
	if err != nil {
		return false, fmt.Errorf("selftest: %s on %s: %w", d.Network.Name, b.Name(), err)
	}
	return x.equal(y), nil
}
