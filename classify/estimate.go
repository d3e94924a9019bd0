package classify

import (
	"context"
	"slices"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/internal/rng"
)

// folds is how many parts cross-validation divides the images of each class into.
const folds = 5

// OverLabelled is what the interval of an Estimate is taken over.
const OverLabelled = "labelled images"

// Estimate says how often a classifier is right, by cross-validation: each labelled image
// is classified by a regression that learnt from four fifths of the images, without this
// one. It is for images like the labelled ones. A classifier that learns from all is
// usually a little better; copies among the labelled images make the estimate too good;
// the interval (Wilson's) knows only how many images there are. A class of one image has
// no part in it; if no class has more, Images is 0 and nothing is known.
type Estimate struct {
	Images   int           `json:"images"` // classified
	Accuracy float64       `json:"accuracy"`
	Interval eval.Interval `json:"interval_95"`
	Chance   float64       `json:"chance"` // share of the largest class, which one answer for all would have right
}

// validate sets the estimate, and how sharp probabilities may be.
func (c *Classifier) validate(ctx context.Context, e engine.Engine, f eval.Features) error {
	classes := len(c.Classes)
	counts := make([]int, classes)
	for _, l := range f.Labels {
		counts[l]++
	}
	var logits [][]float64
	var labels []int32
	part := deal(f.Labels, classes)
	for p := range folds {
		var learn, held []int
		for i, l := range f.Labels {
			if part[i] == p && counts[l] > 1 {
				held = append(held, i)
			} else {
				learn = append(learn, i)
			}
		}
		if len(held) == 0 {
			continue
		}
		linear, err := eval.Default().FewShot.Regress(ctx, e, f.Subset(learn), classes)
		if err != nil {
			return err
		}
		for _, i := range held {
			z := make([]float64, classes)
			linear.Logits(z, f.Row(i))
			logits, labels = append(logits, z), append(labels, f.Labels[i])
		}
	}
	if len(labels) > 0 {
		c.Estimate, c.sharpness = estimate(logits, labels, counts), sharpness(logits, labels)
	}
	return nil
}

// deal gives each image its fold: the images of each class, in a random order, take the
// folds in turn from the first on. So what is left to learn from when a fold is held out
// has the classes in almost the same proportions.
func deal(labels []int32, classes int) []int {
	fold := make([]int, len(labels))
	members := make([][]int, classes)
	for i, l := range labels {
		members[l] = append(members[l], i)
	}
	for class, of := range members {
		s := rng.New(1, 0, class, rng.Sample)
		for next, i := range s.Perm(len(of)) {
			fold[of[i]] = next % folds
		}
	}
	return fold
}

func estimate(logits [][]float64, labels []int32, counts []int) Estimate {
	right := 0
	for i, z := range logits {
		if slices.Index(z, slices.Max(z)) == int(labels[i]) {
			right++
		}
	}
	n := len(labels)
	s := Estimate{Images: n, Accuracy: float64(right) / float64(n)}
	s.Interval = eval.WilsonInterval(s.Accuracy, n, OverLabelled)
	s.Chance = float64(slices.Max(counts)) / float64(n)
	return s
}

// mostSharp bounds the sharpness; the logits of a regression on standardised vectors are
// large enough to need no more.
const mostSharp = 64

// sharpness is the factor of the logits for which the cross-entropy with the labels is
// least: the inverse of the temperature of Guo et al. 2017 (arXiv 1706.04599). As the
// labels of a few images that are all right would make it infinite, a label counts for
// (n+1)/(n+2), with n images, and the other classes share the rest, after Platt (1999).
// The cross-entropy is convex in the factor: its derivative has one change of sign.
func sharpness(logits [][]float64, labels []int32) float64 {
	low, high := 0.0, float64(mostSharp)
	for range 50 {
		middle := (low + high) / 2
		if slope(logits, labels, middle) < 0 {
			low = middle
		} else {
			high = middle
		}
	}
	return (low + high) / 2
}

// slope is the derivative of the summed cross-entropy by the sharpness.
func slope(logits [][]float64, labels []int32, sharpness float64) float64 {
	n, sum := float64(len(logits)), 0.0
	p := make([]float64, len(logits[0]))
	other := 1 / (n + 2) / float64(len(p)-1)
	for i, z := range logits {
		copy(p, z)
		soften(p, sharpness)
		for k, v := range z {
			target := other
			if k == int(labels[i]) {
				target = (n + 1) / (n + 2)
			}
			sum += (p[k] - target) * v
		}
	}
	return sum
}
