package selftest

import (
	"math"
	"slices"
	"strings"

	"github.com/amdim/amdim/engine/internal/sample"
)

// Errors are the relative errors of a training step's tensors,
//
//	√(Σ(got − want)² / Σ want²),
//
// by kind and name, as "gradient by encoder.l1.weight".
type Errors map[string]float64

// Kinds of tensors.
const (
	Output   = "output"      // losses, features, probabilities of a mixture's components
	Gradient = "gradient by" // a variable
	Update   = "update of"   // a weight or running statistic
)

// Largest is the largest error of a kind.
func (e Errors) Largest(kind string) float64 {
	var top float64
	for name, x := range e {
		if strings.HasPrefix(name, kind+" ") {
			top = max(top, x)
		}
	}
	return top
}

// add enters tensors of a kind. A bias before BatchNorm has a gradient of nothing but
// rounding: where that is under a billionth of the largest, the error is measured against
// the largest tensor.
func (e Errors) add(kind string, got, want, gradients map[string][]float32) {
	const rounding = 1e-9
	top, floor := sample.Largest(want), rounding*sample.Largest(gradients)
	for name, w := range want {
		size := sample.RMS(w)
		if g, ok := gradients[name]; ok && sample.RMS(g) < floor {
			size = top
		}
		x := distance(got[name], w) / size
		if math.IsNaN(x) { // got NaN, or nothing where nothing is wanted
			x = 0
			if !slices.Equal(got[name], w) {
				x = math.Inf(1)
			}
		}
		e[kind+" "+name] = x
	}
}

// distance is the root mean square of got − want.
func distance(got, want []float32) float64 {
	d := make([]float32, len(want))
	for i := range want {
		d[i] = got[i] - want[i]
	}
	return sample.RMS(d)
}
