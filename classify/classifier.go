package classify

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/amdim/amdim/embedding"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/feature"
	"github.com/amdim/amdim/tensor"
)

// Examples are the vectors of labelled images.
type Examples struct {
	Set     *embedding.Set
	Labels  []int32  // of its rows: indices of Classes
	Classes []string // their names, at least two
	Missing []string // classes of which no image could be read: nothing is learnt of them
}

// Classifier gives each class the probability that a vector is of an image of it. Its
// methods may be called from several goroutines.
type Classifier struct {
	Classes  []string
	Images   int              // that it learnt from
	Model    embedding.Origin // of the vectors
	Estimate Estimate

	// Conflicts are pictures that were given several classes: nothing is learnt from them. Of a
	// classifier that Load read there are none: a file does not keep them.
	Conflicts []Conflict

	moments   feature.Moments
	linear    eval.LinearClassifier
	sharpness float64 // factor of the logits; below 1 the classifier is less sure than the regression
}

// Learn trains a classifier on an engine, which should compute in float32. Dimensions are
// standardised by the examples together with others, images without labels; nil: there are
// none. Images with the same vector in several classes are Conflicts, and left out. Vectors
// of two networks are an error that wraps embedding.ErrOtherNetwork. Time grows with
// images × classes × Dim, and for near copies with images² × Dim: 2,000 images take seconds,
// 50,000 minutes.
func Learn(ctx context.Context, e engine.Engine, x Examples, others *embedding.Set) (*Classifier, error) {
	if e == nil {
		return nil, errors.New("classify: the engine is nil: give one, such as cpu.New returns")
	}
	if err := x.check(others); err != nil {
		return nil, fmt.Errorf("classify: %w", err)
	}
	c := &Classifier{Classes: x.Classes, Model: x.Set.Model, sharpness: 1}
	found, kept := x.conflicts()
	if err := x.checkKept(found, kept); err != nil {
		return nil, fmt.Errorf("classify: %w", err)
	}
	c.Conflicts, c.Images = found, len(kept)
	all := []feature.Features{{Dim: x.Set.Dim, X: x.Set.X}}
	if others != nil {
		all = append(all, feature.Features{Dim: others.Dim, X: others.X})
	}
	c.moments = feature.MomentsOf(all...)
	f := feature.Features{Dim: x.Set.Dim, Labels: make([]int32, len(kept))}
	f.X = make([]float32, len(kept)*f.Dim)
	for k, i := range kept {
		c.moments.Apply(f.Row(k), x.Set.Row(i))
		f.Labels[k] = x.Labels[i]
	}
	if err := c.validate(ctx, e, f); err != nil {
		return nil, fmt.Errorf("classify: cross-validation: %w", err)
	}
	var err error
	if c.linear, err = eval.Default().FewShot.Regress(ctx, e, f, len(x.Classes)); err != nil {
		return nil, fmt.Errorf("classify: %w", err)
	}
	return c, nil
}

func (x Examples) check(others *embedding.Set) error {
	if err := x.Set.Validate(); err != nil {
		return err
	}
	if len(x.Labels) != x.Set.Len() {
		return fmt.Errorf("%d labels for %d images: need one for each", len(x.Labels), x.Set.Len())
	}
	if len(x.Classes) < 2 {
		unread := ""
		if len(x.Missing) > 0 {
			unread = fmt.Sprintf(", and no image of %q can be read", x.Missing)
		}
		return fmt.Errorf("the images are of %q alone%s: need two classes", x.Classes, unread)
	}
	for l, name := range x.Classes {
		if slices.Contains(x.Classes[:l], name) {
			return fmt.Errorf("two classes are called %q", name)
		}
	}
	there := make([]bool, len(x.Classes))
	for i, l := range x.Labels {
		if l < 0 || int(l) >= len(x.Classes) {
			return fmt.Errorf("label %d of %s: need 0 to %d", l, x.Set.Names[i], len(x.Classes)-1)
		}
		there[l] = true
	}
	for l, ok := range there {
		if !ok {
			return fmt.Errorf("class %q has no image", x.Classes[l])
		}
	}
	if others == nil {
		return nil
	}
	if err := others.Validate(); err != nil {
		return fmt.Errorf("others: %w", err)
	}
	if others.Dim != x.Set.Dim {
		return fmt.Errorf("vectors of %d and %d numbers: %w", x.Set.Dim, others.Dim, embedding.ErrOtherNetwork)
	}
	return x.Set.Model.CheckSame(others.Model)
}

// Dim is how many numbers a vector has that is to be classified.
func (c *Classifier) Dim() int { return c.linear.Dim }

// Classify returns the probability of each class for a vector. One of another length is
// embedding.ErrOtherNetwork.
func (c *Classifier) Classify(v []float32) ([]float64, error) {
	if len(v) != c.linear.Dim {
		return nil, fmt.Errorf("classify: a vector of %d numbers, need %d: %w",
			len(v), c.linear.Dim, embedding.ErrOtherNetwork)
	}
	if i := tensor.NonFinite(v); i >= 0 {
		return nil, fmt.Errorf("classify: number %d of the vector is %v", i, v[i])
	}
	x, p := make([]float32, len(v)), make([]float64, len(c.Classes))
	c.moments.Apply(x, v)
	c.linear.Logits(p, x)
	soften(p, c.sharpness)
	if slices.ContainsFunc(p, math.IsNaN) {
		return nil, errors.New("classify: the vector's numbers are too large to compute with")
	}
	return p, nil
}

// soften replaces logits, each times sharpness, by probabilities.
func soften(z []float64, sharpness float64) {
	for k := range z {
		z[k] *= sharpness
	}
	feature.Softmax(z)
}
