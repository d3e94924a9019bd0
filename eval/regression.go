package eval

import (
	"context"
	"fmt"
	"slices"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
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
// features should be standardised.
func (c FewShotConfig) Regress(
	ctx context.Context, e engine.Engine, f Features, classes int,
) (LinearClassifier, error) {
	l := LinearClassifier{Dim: f.Dim, Classes: classes}
	p, err := c.regression(f.Len()).fit(ctx, e, linearClassifier(f.Dim, classes, graph.Zeros()), f, 0)
	if err != nil {
		return l, fmt.Errorf("eval: regression: %w", err)
	}
	defer p.close()
	err = p.state.Each(func(name string, v []float32) error {
		switch name {
		case "linear.weight":
			l.Weight = slices.Clone(v)
		case "linear.bias":
			l.Bias = slices.Clone(v)
		}
		return nil
	})
	return l, err
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
