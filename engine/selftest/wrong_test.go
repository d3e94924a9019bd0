package selftest_test

import (
	"math"
	"slices"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/tensor"
)

// spoiler is an engine that is wrong in one tensor.
type spoiler struct {
	engine.Engine
	gradient, output string            // which one
	by               func(v []float32) // makes it wrong
	unmoved          string            // a variable that no update changes
}

func half(v []float32) {
	for i := range v {
		v[i] /= 2
	}
}

// lastOfSixteen forgets the last lane of a vector.
func lastOfSixteen(v []float32) {
	for i := 15; i < len(v); i += 16 {
		v[i] = 0
	}
}

func notANumber(v []float32) { v[0] = float32(math.NaN()) }

func (s spoiler) NewState(vars []graph.Var, o engine.Options) (engine.State, error) {
	st, err := s.Engine.NewState(vars, o)
	return &spoiledState{State: st, spoiler: s}, err
}

type spoiledState struct {
	engine.State
	spoiler spoiler
	first   []float32 // of what is unmoved
}

func (s *spoiledState) Set(name string, v []float32) error {
	if name == s.spoiler.unmoved {
		s.first = slices.Clone(v)
	}
	return s.State.Set(name, v)
}

func (s *spoiledState) Each(f func(name string, v []float32) error) error {
	return s.State.Each(func(name string, v []float32) error {
		if name == s.spoiler.unmoved {
			v = s.first
		}
		return f(name, v)
	})
}

func (s *spoiledState) Compile(p *graph.Program) (engine.Exec, error) {
	e, err := s.State.Compile(p)
	return spoiledExec{e, s.spoiler, p}, err
}

type spoiledExec struct {
	engine.Exec
	spoiler spoiler
	p       *graph.Program
}

func (e spoiledExec) Forward(in, out []tensor.Tensor) error {
	err := e.Exec.Forward(in, out)
	for i, o := range e.p.Outputs {
		if o.Name == e.spoiler.output {
			e.spoiler.by(out[i].F32)
		}
	}
	return err
}

func (e spoiledExec) Grad(in, out []tensor.Tensor, d map[string][]float32) error {
	err := e.Exec.Grad(in, out, d)
	if g, ok := d[e.spoiler.gradient]; ok {
		e.spoiler.by(g)
	}
	return err
}
