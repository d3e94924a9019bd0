package feature

import (
	"math"
	"slices"
)

// Softmax replaces logits by probabilities: those of a classifier on vectors, say, or of the
// components of a mixture.
func Softmax(x []float64) {
	highest, sum := slices.Max(x), 0.0
	for j, v := range x {
		x[j] = math.Exp(v - highest)
		sum += x[j]
	}
	for j := range x {
		x[j] /= sum
	}
}
