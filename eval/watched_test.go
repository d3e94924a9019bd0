package eval

import (
	"testing"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/tiny"
	"github.com/amdim/amdim/tensor"
)

// watched is an engine that remembers what it is asked for.
type watched struct {
	engine.Engine
	forwards map[string]int // by the name of a program
}

func watch(t *testing.T) *watched {
	return &watched{Engine: tiny.CPU(t), forwards: map[string]int{}}
}

func (w *watched) NewState(vars []graph.Var, o engine.Options) (engine.State, error) {
	s, err := w.Engine.NewState(vars, o)
	return watchedState{s, w}, err
}

type watchedState struct {
	engine.State
	by *watched
}

func (s watchedState) Compile(p *graph.Program) (engine.Exec, error) {
	e, err := s.State.Compile(p)
	return watchedExec{e, p.Name, s.by}, err
}

type watchedExec struct {
	engine.Exec
	name string
	by   *watched
}

func (e watchedExec) Forward(in, out []tensor.Tensor) error {
	e.by.forwards[e.name]++
	return e.Exec.Forward(in, out)
}
