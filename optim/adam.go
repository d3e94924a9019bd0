package optim

import (
	"fmt"
	"math"
)

// Adam is the rule of Kingma and Ba 2015, arXiv 1412.6980, algorithm 1, with
// weight decay added to the gradient (L2, not decoupled), as torch.optim.Adam.
type Adam struct {
	Beta1       float64 `json:"beta1"`
	Beta2       float64 `json:"beta2"`
	Eps         float64 `json:"eps"`
	WeightDecay float64 `json:"weight_decay"`
}

// DefaultAdam is the authors' setting (PAPER section 5).
func DefaultAdam() Adam { return Adam{Beta1: 0.8, Beta2: 0.999, Eps: 1e-8, WeightDecay: 1e-5} }

// Group changes the rule for one parameter group.
type Group struct {
	LRScale float64 // factor on the learning rate
	Adam    Adam
}

// Update sets w, m and v to their values after update number t = 1, 2, … with
// gradient g:
//
//	g' = g + decay·w;  m = β1·m + (1−β1)·g';  v = β2·v + (1−β2)·g'²
//	w  = w − lr/(1−β1ᵗ) · m / (√(v/(1−β2ᵗ)) + eps)
func Update[F float32 | float64](a Adam, w, m, v, g []F, lr float64, t int) {
	if len(m) != len(w) || len(v) != len(w) || len(g) != len(w) {
		panic(fmt.Sprintf("optim: Update: lengths %d %d %d %d differ", len(w), len(m), len(v), len(g)))
	}
	step := lr / (1 - math.Pow(a.Beta1, float64(t)))
	root := 1 / math.Sqrt(1-math.Pow(a.Beta2, float64(t)))
	b1, b2 := F(a.Beta1), F(a.Beta2)
	for i := range w {
		gi := g[i] + F(a.WeightDecay)*w[i]
		m[i] = b1*m[i] + (1-b1)*gi
		v[i] = b2*v[i] + (1-b2)*gi*gi
		w[i] -= F(step) * m[i] / (F(math.Sqrt(float64(v[i])))*F(root) + F(a.Eps))
	}
}
