package encoder

import (
	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/model"
)

// Weights are values of an encoder's variables.
type Weights interface {
	// Fit returns an error unless there is a value for each variable. It is asked before
	// memory is taken for them: a damaged file may claim a network of any size.
	Fit(vars []graph.Var) error
	// Set sets all variables of a state, vars, to their values.
	Set(s engine.State, vars []graph.Var) error
}

// Random returns the weights that training with the seed would start from.
func Random(seed uint64) Weights { return initial(seed) }

type initial uint64

func (initial) Fit([]graph.Var) error { return nil }

func (i initial) Set(s engine.State, vars []graph.Var) error {
	return model.Initialize(vars, uint64(i), s.Set)
}

// Trained returns the weights of a checkpoint, which must be open when they are
// set. A NaN or an infinity among them is an error.
func Trained(r *checkpoint.Reader) Weights { return trained{r} }

type trained struct{ *checkpoint.Reader }

func (t trained) Fit(vars []graph.Var) error { return t.Fits(vars) }

func (t trained) Set(s engine.State, _ []graph.Var) error {
	return t.RestoreWeights(checkpoint.Finite(s))
}
