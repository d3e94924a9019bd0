package tiny

import (
	"testing"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/tensor"
)

// Watched is an engine that remembers what it is asked for.
type Watched struct {
	engine.Engine
	Rows     []int          // of each program that was compiled
	Forwards map[string]int // by the name of a program
}

// Watch returns CPU, watched.
func Watch(t *testing.T) *Watched {
	return &Watched{Engine: CPU(t), Forwards: map[string]int{}}
}

// NewState implements engine.Engine.
func (w *Watched) NewState(vars []graph.Var, o engine.Options) (engine.State, error) {
	s, err := w.Engine.NewState(vars, o)
	return watchedState{s, w}, err
}

type watchedState struct {
	engine.State
	by *Watched
}

// Compile implements engine.State.
func (s watchedState) Compile(p *graph.Program) (engine.Exec, error) {
	s.by.Rows = append(s.by.Rows, p.Values[p.Inputs[0]].Shape[0])
	e, err := s.State.Compile(p)
	return watchedExec{e, p.Name, s.by}, err
}

type watchedExec struct {
	engine.Exec
	name string
	by   *Watched
}

// Forward implements engine.Exec.
func (e watchedExec) Forward(in, out []tensor.Tensor) error {
	e.by.Forwards[e.name]++
	return e.Exec.Forward(in, out)
}
