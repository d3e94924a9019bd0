package classify

import (
	"context"
	"maps"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/feature"
	"github.com/amdim/amdim/internal/rng"
)

// folds is how many parts cross-validation divides the images of each class into.
const folds = 5

// OverLabelled is what the interval of an Estimate is taken over.
const OverLabelled = "labelled images"

// Estimate says how often a classifier is right, by cross-validation: each labelled image
// is classified by a regression that learnt from about four fifths of the images, without
// this one and its near copies, such as other frames of a burst (feature.NearCopies). It is
// for images like the labelled ones. A classifier that learns from all is usually a little
// better. Near copies count as one image together. The interval (Wilson's) knows only how
// many images there are. A class of one image, or of copies of one, has no part in it; if
// no class has more, Images is 0 and nothing is known. Where every class is one burst,
// that cannot be told from classes whose images are all alike, and the estimate is of no
// use.
type Estimate struct {
	Images   int           `json:"images"`   // classified
	Distinct int           `json:"distinct"` // of them, with near copies counted once
	Accuracy float64       `json:"accuracy"`
	Interval eval.Interval `json:"interval_95"`
	Chance   float64       `json:"chance"` // share of the largest class: one answer for all has it right

	// Even is the mean of the classes' accuracies: what to expect if they are equally
	// frequent, while labels are not.
	Even         float64       `json:"even_classes"`
	EvenInterval eval.Interval `json:"even_classes_interval_95"`
	Uneven       bool          `json:"uneven_labels"` // one class has more than twice the labels of another
}

// trial is a labelled image, classified by a regression that did not learn from it.
type trial struct {
	logits  []float64
	label   int32
	picture int     // the first of its near copies
	weight  float64 // one over the number of these
}

// validate sets the estimate, and how sharp probabilities may be.
func (c *Classifier) validate(ctx context.Context, e engine.Engine, f feature.Features) error {
	classes := len(c.Classes)
	picture, err := feature.NearCopies(ctx, f, classes)
	if err != nil {
		return err
	}
	part := deal(f.Labels, picture, classes)
	var trials []trial
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
		for _, i := range held { // with a thousand classes milliseconds each
			if err := ctx.Err(); err != nil {
				return err
			}
			z := make([]float64, classes)
			linear.Logits(z, f.Row(i))
			trials = append(trials, trial{logits: z, label: f.Labels[i], picture: picture[i]})
		}
	}
	if len(trials) == 0 {
		return nil
	}
	distinct := weigh(trials)
	c.Estimate = estimate(trials, distinct)
	c.sharpness, err = sharpness(ctx, trials)
	return err
}

// weigh lets the copies of a picture count as one image, and counts the pictures.
func weigh(trials []trial) (pictures int) {
	copies := map[int]float64{}
	for _, t := range trials {
		copies[t.picture]++
	}
	for i := range trials {
		trials[i].weight = 1 / copies[trials[i].picture]
	}
	return len(copies)
}

// learntOnly is the fold of an image that is never held out.
const learntOnly = -1

// deal gives each image its fold, and near copies one. The pictures of each class, in a
// random order, take the fold that has the fewest of its images, so what is left to learn
// from when a fold is held out has the classes in almost the same proportions. A class of
// one picture is only learnt from: without it nothing would be known of the class; so are
// then images of another class if they are copies of that picture.
func deal(labels []int32, picture []int, classes int) []int {
	fold := map[int]int{} // by picture
	for class, of := range feature.ByClass(labels, classes) {
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

func estimate(trials []trial, distinct int) Estimate {
	right, all := map[int32]float64{}, map[int32]float64{} // of each class
	for _, t := range trials {
		all[t.label] += t.weight
		if slices.Index(t.logits, slices.Max(t.logits)) == int(t.label) {
			right[t.label] += t.weight
		}
	}
	s, sum, variance := Estimate{Images: len(trials), Distinct: distinct}, 0.0, 0.0
	sizes := slices.Sorted(maps.Values(all))
	for label := range int32(len(trials[0].logits)) { // in order, for equal sums
		if all[label] > 0 {
			sum += right[label]
			s.Even += right[label] / all[label] / float64(len(sizes))
			p := (right[label] + 1) / (all[label] + 2) // not 0 or 1, of which few images are no proof
			variance += p * (1 - p) / all[label] / float64(len(sizes)*len(sizes))
		}
	}
	half := distuv.UnitNormal.Quantile(0.975) * math.Sqrt(variance)
	s.EvenInterval = eval.Interval{Low: max(0, s.Even-half), High: min(1, s.Even+half), Over: OverLabelled}
	n := float64(distinct)
	s.Accuracy, s.Chance = min(sum/n, 1), sizes[len(sizes)-1]/n
	s.Interval = eval.WilsonInterval(s.Accuracy, distinct, OverLabelled)
	s.Uneven = sizes[len(sizes)-1] > 2*sizes[0]
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
func sharpness(ctx context.Context, trials []trial) (float64, error) {
	low, high := 0.0, float64(mostSharp)
	for range 50 {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		middle := (low + high) / 2
		if slope(trials, middle) < 0 {
			low = middle
		} else {
			high = middle
		}
	}
	return (low + high) / 2, nil
}

// slope is the derivative of the summed cross-entropy by the sharpness.
func slope(trials []trial, sharpness float64) float64 {
	n, sum := 0.0, 0.0
	for _, t := range trials {
		n += t.weight
	}
	p := make([]float64, len(trials[0].logits))
	other := 1 / (n + 2) / float64(len(p)-1)
	for _, t := range trials {
		copy(p, t.logits)
		soften(p, sharpness)
		for k, v := range t.logits {
			target := other
			if k == int(t.label) {
				target = (n + 1) / (n + 2)
			}
			sum += t.weight * (p[k] - target) * v
		}
	}
	return sum
}
