package ref

import (
	"fmt"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
)

// Engine creates float64 states.
type Engine struct{}

// New returns the engine.
func New() Engine { return Engine{} }

// Name is "ref float64".
func (Engine) Name() string { return "ref float64" }

// NewState allocates the variables, all zero. The state is a *State. The definition
// is of one process: a group is an error.
func (Engine) NewState(vars []graph.Var, o engine.Options) (engine.State, error) {
	if o.Group != nil && o.Group.Size() > 1 {
		return nil, fmt.Errorf("ref: a group of %d processes: the reference computes in one", o.Group.Size())
	}
	s := &State{opt: o, entries: map[string][]float64{}}
	for _, v := range vars {
		s.add(v)
	}
	return s, nil
}
