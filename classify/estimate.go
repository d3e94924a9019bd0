package classify

import (
	"context"
	"maps"
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
// is classified by a regression that learnt from about four fifths of the images, without
// this one and its near copies, such as other frames of a burst. It is for images like
// the labelled ones. A classifier that learns from all is usually a little better. Near
// copies count as one image in the interval (Wilson's), which knows only how many there
// are. A class of one image, or of copies of one, has no part in it; if no class has more,
// Images is 0 and nothing is known.
type Estimate struct {
	Images   int           `json:"images"`   // classified
	Distinct int           `json:"distinct"` // of them, with near copies counted once
	Accuracy float64       `json:"accuracy"`
	Interval eval.Interval `json:"interval_95"`
	Chance   float64       `json:"chance"` // share of the largest class, which one answer for all would have right
}

// validate sets the estimate, and how sharp probabilities may be.
func (c *Classifier) validate(ctx context.Context, e engine.Engine, f eval.Features) error {
	classes := len(c.Classes)
	picture, err := pictures(ctx, f, classes)
	if err != nil {
		return err
	}
	part := deal(f.Labels, picture, classes)
	var logits [][]float64
	var labels []int32
	distinct := map[int]bool{}
	for p := range folds {
		var learn, held []int
		for i := range part {
			if part[i] == p {
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
			distinct[picture[i]] = true
		}
	}
	if len(labels) > 0 {
		c.Estimate = estimate(logits, labels, len(distinct))
		c.sharpness = sharpness(logits, labels)
	}
	return nil
}

// learntOnly is the fold of an image that is never held out.
const learntOnly = -1

// deal gives each image its fold, and near copies one. The pictures of each class, in a
// random order, take the fold that has the fewest of its images, so what is left to learn
// from when a fold is held out has the classes in almost the same proportions. A class of
// one picture is only learnt from: without it nothing would be known of the class.
func deal(labels []int32, picture []int, classes int) []int {
	fold := map[int]int{} // by picture
	for class, of := range byClass(labels, classes) {
		images := map[int]int{} // of the class, by picture
		var order []int
		for _, i := range of {
			if images[picture[i]]++; images[picture[i]] == 1 {
				order = append(order, picture[i])
			}
		}
		dealClass(fold, images, order, class)
	}
	all := make([]int, len(labels))
	for i := range all {
		all[i] = fold[picture[i]]
	}
	return all
}

// dealClass deals the pictures of a class, save those that are in an earlier class as well.
func dealClass(fold, images map[int]int, order []int, class int) {
	if len(order) == 1 {
		fold[order[0]] = learntOnly
		return
	}
	var held [folds]int // images
	s := rng.New(1, 0, class, rng.Sample)
	for _, i := range s.Perm(len(order)) {
		p := order[i]
		f, ok := fold[p]
		if !ok {
			f = slices.Index(held[:], slices.Min(held[:]))
			fold[p] = f
		}
		if f != learntOnly {
			held[f] += images[p]
		}
	}
}

func estimate(logits [][]float64, labels []int32, distinct int) Estimate {
	right, counts := 0, map[int32]int{}
	for i, z := range logits {
		counts[labels[i]]++
		if slices.Index(z, slices.Max(z)) == int(labels[i]) {
			right++
		}
	}
	n := len(labels)
	s := Estimate{Images: n, Distinct: distinct, Accuracy: float64(right) / float64(n)}
	s.Interval = eval.WilsonInterval(s.Accuracy, distinct, OverLabelled)
	s.Chance = float64(slices.Max(slices.Collect(maps.Values(counts)))) / float64(n)
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
