package selftest

import (
	"maps"
	"slices"
	"strings"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/internal/sample"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/optim"
	"github.com/amdim/amdim/tensor"
)

// outcome is what a training step gives, by name.
type outcome struct {
	outputs   map[string][]float32 // of a forward pass
	gradients map[string][]float32
	changes   map[string][]float32 // of the variables, by an update
}

func (o *outcome) equal(p *outcome) bool {
	same := func(a, b map[string][]float32) bool {
		return maps.EqualFunc(a, b, sample.SameBits)
	}
	return same(o.outputs, p.outputs) && same(o.gradients, p.gradients) && same(o.changes, p.changes)
}

// session is an engine at work on a definition.
type session struct {
	d     *Definition
	state engine.State
	exec  engine.Exec
	out   []tensor.Tensor
}

func (d *Definition) open(e engine.Engine) (*session, error) {
	adam := optim.Adam{Beta1: 0.8, Beta2: 0.999, Eps: d.eps, WeightDecay: 1e-2}
	s := &session{d: d, out: engine.Outputs(d.p)}
	var err error
	if s.state, err = e.NewState(d.p.Vars, engine.Options{Adam: adam}); err != nil {
		return nil, err
	}
	for name, v := range d.vars {
		if err := s.state.Set(name, v); err != nil {
			s.close()
			return nil, err
		}
	}
	if s.exec, err = s.state.Compile(d.p); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *session) close() {
	if s.exec != nil {
		s.exec.Close()
	}
	s.state.Close()
}

// run computes everything that is compared.
func (d *Definition) run(e engine.Engine) (*outcome, error) {
	s, err := d.open(e)
	if err != nil {
		return nil, err
	}
	defer s.close()
	if err := s.exec.Forward(d.in, s.out); err != nil {
		return nil, err
	}
	o := &outcome{outputs: map[string][]float32{}}
	for i, v := range d.p.Outputs {
		if !isCount(v.Name) {
			o.outputs[v.Name] = slices.Clone(s.out[i].F32)
		}
	}
	if o.gradients, err = s.gradients(); err != nil {
		return nil, err
	}
	if _, err := s.exec.Step(d.in, s.out, lr); err != nil {
		return nil, err
	}
	o.changes, err = s.changes()
	return o, err
}

// lr makes an update move weights of size 1 by about 1 %.
const lr = 0.02

// gradients are by all variables that are trained.
func (s *session) gradients() (map[string][]float32, error) {
	g := map[string][]float32{}
	for _, v := range s.d.p.Vars {
		if v.Trainable {
			g[v.Name] = make([]float32, tensor.Size(v.Shape))
		}
	}
	return g, s.exec.Grad(s.d.in, s.out, g)
}

// changes are now minus then, of weights and running statistics.
func (s *session) changes() (map[string][]float32, error) {
	c := map[string][]float32{}
	err := s.state.Each(func(name string, now []float32) error {
		if graph.IsSlot(name) {
			return nil
		}
		v := slices.Clone(now)
		for i, before := range s.d.vars[name] {
			v[i] -= before
		}
		c[name] = v
		return nil
	})
	return c, err
}

// isCount reports whether an output is the share of rows or scores beyond a threshold,
// which a rounding may carry across.
func isCount(output string) bool {
	return strings.HasPrefix(output, "clipped.") || strings.HasSuffix(output, ".accuracy")
}
