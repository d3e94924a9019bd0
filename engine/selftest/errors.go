package selftest

import (
	"math"
	"slices"
	"strings"
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
	top, floor := largest(want), rounding*largest(gradients)
	for name, w := range want {
		size := rms(w)
		if g, ok := gradients[name]; ok && rms(g) < floor {
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
	return rms(d)
}

func rms(v []float32) float64 {
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	return math.Sqrt(sum / float64(max(1, len(v))))
}

// largest is the largest root mean square among tensors.
func largest(of map[string][]float32) float64 {
	var top float64
	for _, v := range of {
		top = max(top, rms(v))
	}
	return top
}
