package eval

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/amdim/amdim/feature"
	"github.com/amdim/amdim/internal/tiny"
)

// At the optimum of the definition, the sum of cross-entropies plus half the squared
// norm of weights and biases, the derivative by each of them is 0.
func TestRegressIsAtItsOptimum(t *testing.T) {
	const n, dim, classes = 30, 5, 3
	r := rand.New(rand.NewPCG(1, 2))
	f := feature.Features{Dim: dim}
	for i := range n {
		for range dim {
			f.X = append(f.X, float32(r.NormFloat64()))
		}
		f.Labels = append(f.Labels, int32(max(0, i%(classes+2)-2)))
	}
	l, err := Default().FewShot.Regress(context.Background(), tiny.CPU(t), f, classes)
	if err != nil {
		t.Fatal(err)
	}
	weight, bias := make([]float64, dim*classes), make([]float64, classes)
	for j, w := range l.Weight {
		weight[j] = float64(w)
	}
	for k, b := range l.Bias {
		bias[k] = float64(b)
	}
	p := make([]float64, classes)
	for i := range n {
		l.Logits(p, f.Row(i))
		feature.Softmax(p)
		for k := range p {
			if k == int(f.Labels[i]) {
				p[k]--
			}
			bias[k] += p[k]
			for j, x := range f.Row(i) {
				weight[j*classes+k] += p[k] * float64(x)
			}
		}
	}
	for _, d := range append(weight, bias...) {
		if !(math.Abs(d) <= 0.02) { // of sums over 30 images; float32, and 500 updates
			t.Errorf("derivatives by weights %.3f, by biases %.3f", weight, bias)
			break
		}
	}
}
