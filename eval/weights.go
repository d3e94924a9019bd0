package eval

import (
	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/model"
)

// Weights sets all variables of a state, vars, to their values.
type Weights func(s engine.State, vars []graph.Var) error

// Random returns the weights that training with the seed would start from.
func Random(seed uint64) Weights {
	return func(s engine.State, vars []graph.Var) error { return model.Initialize(vars, seed, s.Set) }
}

// Trained returns the weights of a checkpoint, which must be open when they are
// set. A NaN or an infinity among them is an error.
func Trained(r *checkpoint.Reader) Weights {
	return func(s engine.State, _ []graph.Var) error { return r.RestoreWeights(checkpoint.Finite(s)) }
}

// Fits returns an error unless a checkpoint holds the encoder of a network. It takes no
// memory for it, as a damaged file may claim a network of any size.
func Fits(r *checkpoint.Reader, m model.Config) error { return r.Fits(variables(m, []string{"f1"})) }
