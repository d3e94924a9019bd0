package checkpoint

import (
	"fmt"

	"github.com/amdim/amdim/tensor"
)

// NonFiniteError reports a NaN or an infinity among the numbers of a checkpoint.
type NonFiniteError struct {
	Tensor string
	Index  int
	Value  float32
}

func (e *NonFiniteError) Error() string {
	return fmt.Sprintf("%s in tensor %s at index %d: the run has diverged or the file is damaged",
		nameOf(float64(e.Value)), e.Tensor, e.Index)
}

// Finite returns a target that refuses arrays with a NaN or an infinity, with a
// *NonFiniteError, and sets the others in t: one such number among the weights spoils
// every feature.
func Finite(t Target) Target { return finite{t} }

type finite struct{ Target }

// Sizes implements Sized.
func (f finite) Sizes(g func(name string, n int) error) error { return sizes(f.Target, g) }

// Set implements Target.
func (f finite) Set(name string, v []float32) error {
	if i := tensor.NonFinite(v); i >= 0 {
		return &NonFiniteError{name, i, v[i]}
	}
	return f.Target.Set(name, v)
}
