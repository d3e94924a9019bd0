package checkpoint

import (
	"fmt"

	"github.com/amdim/amdim/tensor"
)

// Finite returns a target that refuses arrays with a NaN or an infinity and sets
// the others in t: one such number among the weights spoils every feature.
func Finite(t Target) Target { return finite{t} }

type finite struct{ Target }

// Sizes implements Sized.
func (f finite) Sizes(g func(name string, n int) error) error { return sizes(f.Target, g) }

// Set implements Target.
func (f finite) Set(name string, v []float32) error {
	if i := tensor.NonFinite(v); i >= 0 {
		return fmt.Errorf("%s in tensor %s at index %d: the run has diverged or the file is damaged",
			nameOf(float64(v[i])), name, i)
	}
	return f.Target.Set(name, v)
}
