package eval

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/feature"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/optim"
)

// LinearClassifier is a classifier on vectors: its logits are x·Weight + Bias.
type LinearClassifier struct {
	Dim, Classes int
	Weight       []float32 // (Dim, Classes)
	Bias         []float32 // (Classes)
}

// Logits sets dst, of Classes numbers, to the logits of a vector x of Dim numbers.
func (l LinearClassifier) Logits(dst []float64, x []float32) {
	for k := range dst {
		dst[k] = float64(l.Bias[k])
	}
	for j, v := range x {
		for k, w := range l.Weight[j*l.Classes : (j+1)*l.Classes] {
			dst[k] += float64(v) * float64(w)
		}
	}
}

// Regress trains the logistic regression of the protocol few-shot on all of f, whose
// features should be standardised. It is about the middle of the classes: what holds biases
// small holds the boundaries near the origin, which features standardised over unbalanced
// images have at the most frequent class.
func (c FewShotConfig) Regress(
	ctx context.Context, e engine.Engine, f feature.Features, classes int,
) (LinearClassifier, error) {
	middle := middleOf(f, classes)
	l, err := c.regress(ctx, e, less(f, middle), classes)
	if err != nil {
		return l, fmt.Errorf("eval: regression: %w", err)
	}
	for j, m := range middle {
		for k, w := range l.Weight[j*classes : (j+1)*classes] {
			l.Bias[k] -= m * w
		}
	}
	return l, nil
}

// usualNorm is the 1-norm of vectors for which the schedule is made: 1,000 standardised
// features. Adam moves each weight by the rate at first, and a logit by rate times 1-norm.
const usualNorm = 1000

// manyDimensions is how many times the dimensions must outnumber the vectors for a basis of
// these to save more time than finding it takes.
const manyDimensions = 4

// regress trains the regression about the origin.
func (c FewShotConfig) regress(
	ctx context.Context, e engine.Engine, f feature.Features, classes int,
) (LinearClassifier, error) {
	if f.Dim < manyDimensions*f.Len() {
		return c.converge(ctx, e, f, classes)
	}
	s := spanOf(f)
	if s.rank() == 0 { // all are the origin
		return c.converge(ctx, e, f, classes)
	}
	z := s.coordinates()
	c.Schedule.LR *= usualNorm / meanNorm1(z)
	l, err := c.converge(ctx, e, z, classes)
	if err != nil {
		return l, err
	}
	return LinearClassifier{Dim: f.Dim, Classes: classes, Weight: s.lift(l.Weight, classes), Bias: l.Bias}, nil
}

// meanNorm1 is the mean of the vectors' 1-norms.
func meanNorm1(f feature.Features) float64 {
	sum := 0.0
	for _, v := range f.X {
		sum += math.Abs(float64(v))
	}
	return sum / float64(f.Len())
}

// converge makes all updates on f.
func (c FewShotConfig) converge(
	ctx context.Context, e engine.Engine, f feature.Features, classes int,
) (LinearClassifier, error) {
	l := LinearClassifier{Dim: f.Dim, Classes: classes}
	p, err := c.regression(f.Len()).fit(ctx, e, linearClassifier(f.Dim, classes, graph.Zeros()), f, 0)
	if err != nil {
		return l, err
	}
	defer p.close()
	l.Weight, l.Bias, err = p.linear()
	return l, err
}

// rank ranks the classes of every image of f by their logits.
func (l LinearClassifier) rank(e engine.Engine, f feature.Features) (Ranking, error) {
	predict := model.LinearPredict(l.Dim, l.Classes)
	state, err := e.NewState(graph.Variables(predict), engine.Options{})
	if err != nil {
		return Ranking{}, err
	}
	defer state.Close()
	for name, v := range map[string][]float32{"linear.weight": l.Weight, "linear.bias": l.Bias} {
		if err := state.Set(name, v); err != nil {
			return Ranking{}, err
		}
	}
	return rank(state, predict, f)
}

// linear returns the weight and the bias of a linear probe.
func (p *probe) linear() (weight, bias []float32, err error) {
	err = p.state.Each(func(name string, v []float32) error {
		switch name {
		case "linear.weight":
			weight = slices.Clone(v)
		case "linear.bias":
			bias = slices.Clone(v)
		}
		return nil
	})
	return weight, bias, err
}

// offChance is how many times the squared distance of the middle from the origin must be
// what images drawn from equally frequent classes lead to expect. At 1.5, two classes of
// photographs, 10 labels each, of which one is 20 times as frequent, are told apart in 85
// rather than 59 %; with even classes nothing changes beyond 0.3 points.
const offChance = 1.5

// middleOf is the mean of the means of the classes, if the origin is not where it would be
// if classes were equally frequent among the images that features are standardised over;
// else nil. A dimension has variance 1 at most within classes.
func middleOf(f feature.Features, classes int) []float32 {
	middle, count := make([]float64, f.Dim), make([]float64, classes)
	for _, l := range f.Labels {
		count[l]++
	}
	there, expected := 0.0, 0.0
	for _, n := range count {
		if n > 0 {
			there++
			expected += float64(f.Dim) / n
		}
	}
	expected /= there * there
	for i, l := range f.Labels {
		for j, v := range f.Row(i) {
			middle[j] += float64(v) / count[l] / there
		}
	}
	distance, narrow := 0.0, make([]float32, f.Dim)
	for j, m := range middle {
		distance += m * m
		narrow[j] = float32(m)
	}
	if distance <= offChance*expected {
		return nil
	}
	return narrow
}

// less is f with a vector subtracted from each; f itself if that is nil.
func less(f feature.Features, v []float32) feature.Features {
	if v == nil {
		return f
	}
	g := feature.Features{Dim: f.Dim, Labels: f.Labels, X: slices.Clone(f.X)}
	for i := range g.Len() {
		for j := range g.Row(i) {
			g.Row(i)[j] -= v[j]
		}
	}
	return g
}

// regression is the logistic regression on n images. Its loss is that of the definition
// divided by n, so the weight decay is 1/n. β₂ is lower than elsewhere, because the
// first gradients are much larger than the last and would slow down the end.
func (c FewShotConfig) regression(n int) ProbeConfig {
	return ProbeConfig{
		Epochs: c.Updates, Batch: n, Schedule: c.Schedule,
		Adam: optim.Adam{Beta1: 0.9, Beta2: 0.99, Eps: 1e-8, WeightDecay: 1 / float64(n)},
	}
}
