package eval

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/amdim/amdim/feature"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/tiny"
)

func TestFewImagesAreDrawnFromEachClassBySeed(t *testing.T) {
	const classes = 4
	labels := make([]int32, 100)
	for i := range labels {
		labels[i] = int32(i / 3 % classes)
	}
	one, five, again, other := drawFew(labels, classes, 1, 3), drawFew(labels, classes, 5, 3),
		drawFew(labels, classes, 5, 3), drawFew(labels, classes, 5, 4)
	if !slices.Equal(five, again) || slices.Equal(five, other) {
		t.Errorf("seed 3 twice: %v, %v; seed 4: %v", five, again, other)
	}
	for class := range classes {
		of := five[5*class : 5*(class+1)]
		if slices.ContainsFunc(of, func(i int) bool { return labels[i] != int32(class) }) {
			t.Errorf("class %d: images %v", class, of)
		}
		if !slices.Contains(of, one[class]) {
			t.Errorf("class %d: the one image %d is not among the five %v", class, one[class], of)
		}
	}
	slices.Sort(five)
	if n := len(slices.Compact(five)); n != 5*classes {
		t.Errorf("%d images drawn, want %d, each once", n, 5*classes)
	}
}

// Two classes, one image each, at ±x: by symmetry the weights of the optimum are
// ±w·x with no bias, and the derivative of 2·log(1 + exp(−2w|x|²)) + w²|x|² by w
// is zero.
func TestRegressionReachesItsOptimum(t *testing.T) {
	x := []float32{0.6, -0.8, 1}
	train := feature.Features{Dim: 3, X: append(slices.Clone(x), -x[0], -x[1], -x[2]), Labels: []int32{0, 1}}
	square, w := 2.0, 0.0
	for range 1000 { // a contraction: 2/(1 + exp(2w|x|²)) = w
		w += 0.1 * (2/(1+math.Exp(2*w*square)) - w)
	}
	p, err := defaultFewShot().regression(2).fit(context.Background(), tiny.CPU(t),
		linearClassifier(3, 2, graph.FanIn()), train, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	weight, bias := tiny.Value(t, p.state, "linear.weight"), tiny.Value(t, p.state, "linear.bias") // (3, 2), (2)
	for j := range x {
		for class, sign := range []float64{1, -1} {
			got, want := float64(weight[2*j+class]), sign*w*float64(x[j])
			if !(math.Abs(got-want) <= 1e-3) { // of 0.2
				t.Errorf("weight (%d, %d) = %g, want %g", j, class, got, want)
			}
		}
	}
	if max(math.Abs(float64(bias[0])), math.Abs(float64(bias[1]))) > 1e-3 {
		t.Errorf("bias %v, want 0", bias)
	}
}

func TestNearestMeanIsThatByCosine(t *testing.T) {
	train := feature.Features{ // means (1, 1), (−1, 0)
		Dim: 2, X: []float32{2, 0, 0, 4, -3, 0}, Labels: []int32{0, 0, 1},
	}
	test := feature.Features{Dim: 2, X: []float32{0, 1, -5, 1, 9, -8}, Labels: []int32{0, 1, 0}}
	r, err := nearestMean(t.Context(), 0, train, test, 2)
	if err != nil {
		t.Fatal(err)
	}
	if got := r.First(); !slices.Equal(got, test.Labels) {
		t.Errorf("classes %v, want %v", got, test.Labels)
	}
}

// Few-shot classifiers of images among which one class is 19 times as frequent are as
// right about each class as those of even ones.
func TestFewShotIsTheSameWhereClassesAreUneven(t *testing.T) {
	const classes = 2
	even, test := dense(200, 0.3, 1), dense(100, 0.3, 2)
	var kept []int
	for i, l := range even.Labels {
		if l == 0 || i%20 == 1 {
			kept = append(kept, i)
		}
	}
	accuracy := func(train feature.Features) (regression, means float64) {
		s := Split{
			feature.Features{Dim: train.Dim, X: slices.Clone(train.X), Labels: train.Labels},
			feature.Features{Dim: test.Dim, X: slices.Clone(test.X), Labels: test.Labels},
		}
		feature.Standardize(s.Train, s.Test)
		few := s.Train.Subset(drawFew(s.Train.Labels, classes, 8, 1))
		r, err := Default().FewShot.classify(t.Context(), tiny.CPU(t), few, s.Test, classes)
		if err != nil {
			t.Fatal(err)
		}
		m, err := nearestMean(t.Context(), 1, few, s.Test, classes)
		if err != nil {
			t.Fatal(err)
		}
		return r.Accuracy(test.Labels), m.Accuracy(test.Labels)
	}
	r, m := accuracy(even)
	unevenR, unevenM := accuracy(even.Subset(kept))
	if !(unevenR >= r-0.03) || !(unevenM >= m-0.03) || !(r > 0.8) {
		t.Errorf("regression %.3f, of uneven classes %.3f; class means %.3f, %.3f", r, unevenR, m, unevenM)
	}
}

// Where classes are even, nothing is moved.
func TestTheMiddleOfEvenClassesIsTheOrigin(t *testing.T) {
	f := dense(100, 0.3, 1)
	feature.Standardize(f, feature.Features{Dim: f.Dim})
	for seed := range uint64(20) {
		if m := middleOf(f.Subset(drawFew(f.Labels, 2, 5, seed)), 2); m != nil {
			t.Errorf("draw %d has another middle", seed)
		}
	}
}
