package graph

import (
	"fmt"
	"math"

	"github.com/amdim/amdim/tensor"
)

// Init is a rule for the initial value of a variable.
type Init struct {
	Rule  InitRule
	Bound float64 // Uniform, Shortcut: draws lie in ±Bound; FanInUniform, FanInNormal: a factor
}

// InitRule names a rule.
type InitRule uint8

// Rules.
const (
	Zero InitRule = iota
	One
	FanInUniform    // U(±Bound/√fanIn), fanIn = all dimensions but the last; PyTorch's default
	UniformRule     // U(±Bound)
	ShortcutUniform // U(±Bound) with exact ones on the diagonal of the last two dimensions
	FanInNormal     // N(0, Bound²/fanIn)
)

// FanIn is U(±1/√fanIn): kaiming_uniform with a = √5 (PAPER 3.5).
func FanIn() Init { return Init{Rule: FanInUniform, Bound: 1} }

// Zeros is all zeros.
func Zeros() Init { return Init{Rule: Zero} }

// Ones is all ones.
func Ones() Init { return Init{Rule: One} }

// Uniform is U(±bound): for a bias the bound is 1/√fanIn of its weight.
func Uniform(bound float64) Init { return Init{Rule: UniformRule, Bound: bound} }

// Shortcut is U(±bound) with ones on the diagonal (PAPER 3.5, head shortcut).
func Shortcut(bound float64) Init { return Init{Rule: ShortcutUniform, Bound: bound} }

// Normal is N(0, factor²/fanIn).
func Normal(factor float64) Init { return Init{Rule: FanInNormal, Bound: factor} }

// Fill sets w, of the variable's shape, drawing from uniform(lo, hi).
func (v Var) Fill(w []float32, uniform func(lo, hi float64) float64) {
	if len(w) != tensor.Size(v.Shape) {
		panic(fmt.Sprintf("graph: Fill %s: len = %d, need %d", v.Name, len(w), tensor.Size(v.Shape)))
	}
	bound := v.Init.Bound
	switch v.Init.Rule {
	case Zero, One:
		for i := range w {
			w[i] = float32(v.Init.Rule)
		}
		return
	case FanInUniform, FanInNormal:
		bound /= math.Sqrt(float64(len(w) / v.Shape[len(v.Shape)-1]))
	}
	for i := range w {
		if v.Init.Rule == FanInNormal {
			w[i] = float32(bound * normal(uniform))
		} else {
			w[i] = float32(uniform(-bound, bound))
		}
	}
	if v.Init.Rule == ShortcutUniform {
		in, out := v.Shape[len(v.Shape)-2], v.Shape[len(v.Shape)-1]
		for i := range min(in, out) {
			w[i*out+i] = 1
		}
	}
}

// normal turns two uniform draws into one from N(0, 1): Box and Muller 1958.
func normal(uniform func(lo, hi float64) float64) float64 {
	u := 1 - uniform(0, 1) // in (0, 1]: its logarithm is finite
	return math.Sqrt(-2*math.Log(u)) * math.Cos(2*math.Pi*uniform(0, 1))
}
