package encoder

import (
	"testing"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/tiny"
)

// watched is an engine that remembers what it is asked for.
type watched struct {
	engine.Engine
	rows []int // of each program that was compiled
}

func watch(t *testing.T) *watched { return &watched{Engine: tiny.CPU(t)} }

func (w *watched) NewState(vars []graph.Var, o engine.Options) (engine.State, error) {
	s, err := w.Engine.NewState(vars, o)
	return watchedState{s, w}, err
}

type watchedState struct {
	engine.State
	by *watched
}

func (s watchedState) Compile(p *graph.Program) (engine.Exec, error) {
	s.by.rows = append(s.by.rows, p.Values[p.Inputs[0]].Shape[0])
	return s.State.Compile(p)
}
