package checkpoint

import (
	"fmt"
	"math"
)

// Finite returns a target that refuses arrays with a NaN or an infinity and sets
// the others in t: one such number among the weights is in every feature.
func Finite(t Target) Target { return finite{t} }

type finite struct{ Target }

// Set implements Target.
func (f finite) Set(name string, v []float32) error {
	for i, x := range v {
		if x := float64(x); math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("%s in tensor %s at index %d: the run has diverged or the file is damaged",
				nameOf(x), name, i)
		}
	}
	return f.Target.Set(name, v)
}
