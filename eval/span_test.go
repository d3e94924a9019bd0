package eval

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/amdim/amdim/feature"
	"github.com/amdim/amdim/internal/tiny"
)

// dependent are n vectors of many dimensions, of which each fifth is the sum of two others.
func dependent(n, dim int) feature.Features {
	r := rand.New(rand.NewPCG(3, 4))
	f := feature.Features{Dim: dim}
	for i := range n {
		for j := range dim {
			v := float32(r.NormFloat64())
			if i%5 == 4 {
				v = f.Row(i - 2)[j] + f.Row(i - 1)[j]
			}
			f.X = append(f.X, v)
		}
		f.Labels = append(f.Labels, int32(i%3))
	}
	return f
}

func TestCoordinatesKeepProducts(t *testing.T) {
	f := dependent(23, 101)
	s := spanOf(f)
	if want := 23 - 4; s.rank() != want {
		t.Fatalf("rank %d, want %d", s.rank(), want)
	}
	z := s.coordinates()
	for i := range f.Len() {
		for j := range f.Len() {
			got, want := dot(z.Row(i), z.Row(j)), dot(f.Row(i), f.Row(j))
			if !(math.Abs(got-want) <= 1e-4) { // of squared lengths of 100 to 300, in float32
				t.Errorf("vectors %d and %d: %g in the basis, %g", i, j, got, want)
			}
		}
	}
}

// Weights that are lifted give the vectors the logits that they had in the basis, and have
// the same norm.
func TestLiftKeepsLogitsAndNorm(t *testing.T) {
	const classes = 3
	f := dependent(23, 101)
	s := spanOf(f)
	r := rand.New(rand.NewPCG(5, 6))
	w := make([]float32, s.rank()*classes)
	for i := range w {
		w[i] = float32(r.NormFloat64())
	}
	in := LinearClassifier{s.rank(), classes, w, make([]float32, classes)}
	out := LinearClassifier{f.Dim, classes, s.lift(w, classes), make([]float32, classes)}
	if a, b := dot(in.Weight, in.Weight), dot(out.Weight, out.Weight); !(math.Abs(a-b) <= 1e-3) {
		t.Errorf("squared norm %g, %g in the basis", b, a)
	}
	z, got, want := s.coordinates(), make([]float64, classes), make([]float64, classes)
	for i := range f.Len() {
		in.Logits(want, z.Row(i))
		out.Logits(got, f.Row(i))
		for k := range got {
			if !(math.Abs(got[k]-want[k]) <= 1e-3) {
				t.Errorf("logits of vector %d: %.4f, in the basis %.4f", i, got, want)
			}
		}
	}
}

// In the basis of its vectors the regression ends where it ends in all dimensions, where it
// converges there.
func TestRegressionIsTheSameInTheBasis(t *testing.T) {
	const classes = 3
	f := dependent(30, 480)
	c, e := Default().FewShot, tiny.CPU(t)
	inBasis, err := c.regress(context.Background(), e, f, classes)
	if err != nil {
		t.Fatal(err)
	}
	direct, err := c.converge(context.Background(), e, f, classes)
	if err != nil {
		t.Fatal(err)
	}
	got, want := make([]float64, classes), make([]float64, classes)
	for i := range f.Len() {
		inBasis.Logits(got, f.Row(i))
		direct.Logits(want, f.Row(i))
		for k := range got {
			if !(math.Abs(got[k]-want[k]) <= 0.02) { // of logits of 2 to 4: both stop after 500 updates
				t.Errorf("logits of vector %d: %.3f, in all dimensions %.3f", i, got, want)
				break
			}
		}
	}
}

func TestRegressionOfVectorsAtTheOriginHasNoWeights(t *testing.T) {
	f := feature.Features{Dim: 40, X: make([]float32, 160), Labels: []int32{0, 1, 0, 1}}
	l, err := Default().FewShot.Regress(context.Background(), tiny.CPU(t), f, 2)
	if err != nil || !slices.Equal(l.Weight, make([]float32, 80)) {
		t.Errorf("%v, weights %v", err, l.Weight)
	}
}

// One image of each class in very many dimensions is where all dimensions do not converge: at
// the optimum of the definition the weights are the sum of the images times their residuals.
func TestFewImagesOfManyDimensionsReachTheOptimum(t *testing.T) {
	const classes, dim = 6, 12288
	f := feature.Features{Dim: dim}
	for i := range classes {
		r := rand.New(rand.NewPCG(7, uint64(i)))
		var far [classes]float64 // pixels are alike far around: 6 numbers and a little noise
		for k := range far {
			far[k] = r.NormFloat64()
		}
		for j := range dim {
			f.X = append(f.X, float32(far[j%classes]+0.1*r.NormFloat64()))
		}
		f.Labels = append(f.Labels, int32(i))
	}
	l, err := Default().FewShot.regress(context.Background(), tiny.CPU(t), f, classes)
	if err != nil {
		t.Fatal(err)
	}
	gradient, p := make([]float64, len(l.Weight)), make([]float64, classes)
	for j, w := range l.Weight {
		gradient[j] = float64(w)
	}
	for i := range f.Len() {
		l.Logits(p, f.Row(i))
		feature.Softmax(p)
		p[f.Labels[i]]--
		for j, x := range f.Row(i) {
			for k := range p {
				gradient[j*classes+k] += float64(x) * p[k]
			}
		}
	}
	norm, weights := 0.0, dot(l.Weight, l.Weight)
	for _, g := range gradient {
		norm += g * g
	}
	if !(norm <= 1e-2*weights) { // in all dimensions it is 1
		t.Errorf("squared norm of the gradient %g, of the weights %g", norm, weights)
	}
}
