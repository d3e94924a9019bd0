package classify

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/embedding"
	"github.com/amdim/amdim/engine/ref"
	"github.com/amdim/amdim/feature"
)

// dim is large enough for vectors of one class not to look like copies of one image.
const dim = 32

// clusters are n vectors of each of three classes, a given distance apart, in an order
// without pattern.
func clusters(n int, apart float64, seed uint64) Examples {
	r := rand.New(rand.NewPCG(seed, 0))
	x := Examples{Set: &embedding.Set{Dim: dim}, Classes: []string{"a", "b", "c"}}
	for i := range 3 * n {
		label := i % 3
		for j := range dim {
			v := r.NormFloat64()
			if j == label {
				v += apart
			}
			x.Set.X = append(x.Set.X, float32(5*v-3))
		}
		x.Labels = append(x.Labels, int32(label))
		x.Set.Names = append(x.Set.Names, fmt.Sprint(i))
	}
	return x
}

func learn(t *testing.T, x Examples, others *embedding.Set) *Classifier {
	t.Helper()
	c, err := Learn(context.Background(), ref.New(), x, others)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The share that is right, and the mean probability of the likeliest class.
func measure(t *testing.T, c *Classifier, x Examples) (right, sure float64) {
	t.Helper()
	for i, l := range x.Labels {
		p, err := c.Classify(x.Set.Row(i))
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for _, v := range p {
			sum += v
		}
		if !(math.Abs(sum-1) <= 1e-9) {
			t.Fatalf("probabilities %v", p)
		}
		best := slices.Index(p, slices.Max(p))
		if best == int(l) {
			right++
		}
		sure += p[best]
	}
	n := float64(len(x.Labels))
	return right / n, sure / n
}

// What cross-validation estimates from 60 labels is what 3000 other images show, and
// probabilities are right as often as they say.
func TestTheEstimateHoldsOnOtherImages(t *testing.T) {
	for _, apart := range []float64{0, 1.5, 4} {
		test := clusters(1000, apart, 2)
		c := learn(t, clusters(20, apart, 1), test.Set)
		right, sure := measure(t, c, test)
		e := c.Estimate
		if e.Images != 60 || !(e.Interval.Low <= right && right <= e.Interval.High) ||
			!(math.Abs(e.Chance-1./3) <= 1e-9) {
			t.Errorf("%g apart: %.3f right, estimated %+v", apart, right, e)
		}
		if !(math.Abs(sure-right) <= 0.08) {
			t.Errorf("%g apart: %.3f right, %.3f sure", apart, right, sure)
		}
	}
}

// With 20 labels of one class and 4 of two others, classifiers prefer the one; what is to be
// expected of even classes is said apart.
func TestUnevenLabelsAreSaidApart(t *testing.T) {
	all, test := clusters(20, 2, 1), clusters(500, 2, 2)
	x := Examples{Set: &embedding.Set{Dim: dim}, Classes: all.Classes}
	for i, l := range all.Labels {
		if l == 0 || i < 12 {
			x.Set.X = append(x.Set.X, all.Set.Row(i)...)
			x.Set.Names, x.Labels = append(x.Set.Names, all.Set.Names[i]), append(x.Labels, l)
		}
	}
	c := learn(t, x, test.Set)
	right, _ := measure(t, c, test)
	e := c.Estimate
	if i := e.EvenInterval; !(i.Low <= right && right <= i.High) || !(i.Low < e.Even-0.05) {
		t.Errorf("%.3f right, even classes %.3f in %v", right, e.Even, i)
	}
	if !e.Uneven || !(e.Even < e.Accuracy-0.05) || !(math.Abs(e.Even-right) < math.Abs(e.Accuracy-right)) {
		t.Errorf("%.3f right, estimated %+v", right, e)
	}
	if e := learn(t, all, nil).Estimate; e.Uneven || !(math.Abs(e.Even-e.Accuracy) <= 1e-9) {
		t.Errorf("even labels: %+v", e)
	}
}

// spread moves each class away from the others in all dimensions.
func spread(x Examples, apart float64) {
	for i, l := range x.Labels {
		class := rand.New(rand.NewPCG(uint64(l), 1))
		for j := range x.Set.Row(i) {
			x.Set.Row(i)[j] += float32(apart * class.NormFloat64())
		}
	}
}

// How frequent classes are among the images to be classified does not decide what they are
// taken for: 19 of 20 are of one class, which is then where all are standardised about.
func TestUnevenOthersDoNotMoveTheBoundary(t *testing.T) {
	x, test := clusters(10, 0, 1), clusters(500, 0, 2)
	spread(x, 3)
	spread(test, 3)
	uneven := &embedding.Set{Dim: dim}
	for i, l := range test.Labels {
		if l == 0 || i%20 == 1 {
			uneven.X = append(uneven.X, test.Set.Row(i)...)
			uneven.Names = append(uneven.Names, test.Set.Names[i])
		}
	}
	even, _ := measure(t, learn(t, x, test.Set), test)
	c := learn(t, x, uneven)
	right, _ := measure(t, c, test)
	if !(right >= even-0.03) || c.Estimate.Interval.High < right {
		t.Errorf("%.3f right, standardised with even classes %.3f; estimated %+v", right, even, c.Estimate)
	}
}

func TestAClassOfOneImageIsLearntAndNotEstimated(t *testing.T) {
	x := clusters(8, 4, 1)
	x.Set.Names, x.Set.X, x.Labels = x.Set.Names[:22], x.Set.X[:22*dim], x.Labels[:22]
	for i, l := range x.Labels {
		if l == 2 && i > 2 { // of class c the first remains
			x.Labels[i] = 0
			v := x.Set.Row(i)
			v[0], v[2] = v[2], v[0]
		}
	}
	c := learn(t, x, nil)
	if e := c.Estimate; e.Images != 21 || e.Chance != 14./21 || e.Interval.Over != OverLabelled {
		t.Errorf("%+v, want an estimate from the 21 images of classes with more than one, 14 of the largest", e)
	}
	p, err := c.Classify(x.Set.Row(2))
	if err != nil || slices.Index(p, slices.Max(p)) != 2 {
		t.Errorf("%v, %v: the only image of class c is not recognised", p, err)
	}
	x.Set.Names, x.Set.X, x.Labels = x.Set.Names[:3], x.Set.X[:3*dim], x.Labels[:3]
	if c := learn(t, x, nil); c.Estimate != (Estimate{}) || c.sharpness != 1 {
		t.Errorf("one image of each class: %+v", c.Estimate)
	}
}

func TestLearnRefusesWhatDoesNotFit(t *testing.T) {
	for want, change := range map[string]func(*Examples, *embedding.Set){
		"need one for each":                func(x *Examples, _ *embedding.Set) { x.Labels = x.Labels[1:] },
		`of ["a"] alone: need two classes`: func(x *Examples, _ *embedding.Set) { x.Classes = x.Classes[:1] },
		"label 3 of 4: need 0 to 2":        func(x *Examples, _ *embedding.Set) { x.Labels[4] = 3 },
		`two classes are called "b"`:       func(x *Examples, _ *embedding.Set) { x.Classes[2] = "b" },
		`class "d" has no image`: func(x *Examples, _ *embedding.Set) {
			x.Classes = append(x.Classes, "d")
		},
		"is NaN": func(x *Examples, _ *embedding.Set) { x.Set.X[5] = float32(math.NaN()) },
		"vectors of 32 and 2": func(_ *Examples, others *embedding.Set) {
			others.Dim, others.X = 2, others.X[:12]
		},
		`others: embedding: number 5 of "0" is NaN`: func(_ *Examples, others *embedding.Set) {
			others.X[5] = float32(math.NaN())
		},
		"another network": func(_ *Examples, others *embedding.Set) { others.Model.Checkpoint = "cd" },
	} {
		x, others := clusters(2, 1, 1), clusters(2, 1, 2).Set
		x.Set.Model.Checkpoint, others.Model.Checkpoint = "ab", "ab"
		change(&x, others)
		_, err := Learn(context.Background(), ref.New(), x, others)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
		if strings.Contains(want, "network") && !errors.Is(err, embedding.ErrOtherNetwork) {
			t.Errorf("%v is no ErrOtherNetwork", err)
		}
	}
	if _, err := Learn(t.Context(), nil, clusters(2, 1, 1), nil); err == nil ||
		!strings.Contains(err.Error(), "the engine is nil") {
		t.Errorf("without an engine: %v", err)
	}
	c := learn(t, clusters(2, 1, 1), nil)
	_, err := c.Classify(make([]float32, 3))
	if !errors.Is(err, embedding.ErrOtherNetwork) || !strings.Contains(err.Error(), "need 32") {
		t.Errorf("a vector of another length: %v", err)
	}
	small := clusters(2, 1, 1)
	for i := range small.Set.X {
		small.Set.X[i] /= 100
	}
	huge := slices.Repeat([]float32{math.MaxFloat32, -math.MaxFloat32}, dim/2)
	p, err := learn(t, small, nil).Classify(huge)
	if err == nil || !strings.Contains(err.Error(), "too large to compute with") {
		t.Errorf("a vector of huge numbers: %v, %v", p, err)
	}
	infinite := make([]float32, dim)
	infinite[2] = float32(math.Inf(1))
	_, err = c.Classify(infinite)
	if err == nil || !strings.Contains(err.Error(), "number 2 of the vector is +Inf") {
		t.Errorf("a vector that is not finite: %v", err)
	}
}

// The optimum of the definition, found on a grid.
func TestSharpnessMinimisesTheCrossEntropy(t *testing.T) {
	var trials []trial
	labels := []int32{0, 0, 2, 2, 0}
	for i, z := range [][]float64{{3, 0, -1}, {2, 2.5, 0}, {0, 1, 4}, {1, -2, 0}, {5, 1, 2}} {
		trials = append(trials, trial{logits: z, label: labels[i], picture: min(i, 3)})
	}
	if distinct := weigh(trials); distinct != 4 || trials[3].weight != 0.5 || trials[0].weight != 1 {
		t.Fatalf("%d pictures, weights %+v", distinct, trials)
	}
	loss := func(s float64) (sum float64) {
		for _, x := range trials {
			p := slices.Clone(x.logits)
			soften(p, s)
			for k := range p {
				target := 1. / 12
				if k == int(x.label) {
					target = 5. / 6
				}
				sum -= x.weight * target * math.Log(p[k])
			}
		}
		return sum
	}
	best := 0.0
	for s := 0.0; s < 5; s += 1e-3 {
		if loss(s) < loss(best) {
			best = s
		}
	}
	if got, err := sharpness(t.Context(), trials); err != nil || !(math.Abs(got-best) <= 2e-3) || best == 0 {
		t.Errorf("%g, %v, want %g", got, err, best)
	}
}

// singles are n pictures without copies.
func singles(n int) []int {
	picture := make([]int, n)
	for i := range picture {
		picture[i] = i
	}
	return picture
}

// What remains to learn from has the classes in proportion, whatever fold is held out:
// else the classes of the held images would be the rare ones.
func TestFoldsHoldOutTheClassesInProportion(t *testing.T) {
	for _, n := range []int{2, 3, 4, 5, 7, 12} {
		var labels []int32
		for i := range 3 * n {
			labels = append(labels, int32(i/n))
		}
		fold := deal(labels, singles(3*n), 3)
		var counts [folds][3]int
		for i, f := range fold {
			counts[f][labels[i]]++
		}
		for f, of := range counts {
			if of[0] != of[1] || of[1] != of[2] {
				t.Errorf("%d images a class: fold %d holds %v of the classes", n, f, of)
			}
		}
		if slices.Max(counts[0][:])-slices.Min(counts[folds-1][:]) > 1 {
			t.Errorf("%d images a class: folds of %v", n, counts)
		}
	}
	if a, b := deal(make([]int32, 40), singles(40), 1)[:5], []int{0, 1, 2, 3, 4}; slices.Equal(a, b) {
		t.Error("images are not shuffled")
	}
}

// Two classes: ten images of five pictures, one of which was given the other class too,
// and four of one picture.
func TestCopiesShareAFold(t *testing.T) {
	picture := []int{0, 1, 2, 3, 4, 4, 3, 2, 1, 0, 10, 10, 10, 10, 2, 15}
	labels := []int32{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2}
	fold := deal(labels, picture, 3)
	used := map[int]bool{}
	for i, f := range fold {
		if f != fold[picture[i]] {
			t.Errorf("image %d is in fold %d, its copy %d in %d", i, f, picture[i], fold[picture[i]])
		}
		if only := picture[i] == 10; only != (f == learntOnly) {
			t.Errorf("image %d is in fold %d", i, f)
		}
		used[f] = true
	}
	if len(used) != folds+1 || fold[15] == fold[14] {
		t.Errorf("folds %v: the five pictures of a class should have one each, the two of another too", fold)
	}
}

// Frames of a burst do not make the estimate better or worse than other images show it to
// be, nor its interval narrower, nor probabilities surer: whether all pictures have three
// copies, or one of each class has 39.
func TestNearCopiesDoNotCountTwice(t *testing.T) {
	if testing.Short() {
		t.Skip("classes are learnt sixteen times, for statistics")
	}
	test := clusters(1000, 1.5, 9)
	for _, c := range []struct {
		copies, of int     // of the first pictures
		noise      float64 // 5 is what pictures of a class differ by
	}{{3, 60, 1}, {39, 3, 1.5}} {
		covered := 0
		const seeds = 4
		for seed := range uint64(seeds) {
			x := clusters(20, 1.5, 10+seed)
			alone := learn(t, x, test.Set).Estimate
			addCopies(&x, c.copies, c.of, c.noise)
			l := learn(t, x, test.Set)
			right, sure := measure(t, l, test)
			e := l.Estimate
			if e.Images != 60+c.copies*c.of || e.Distinct != 60 {
				t.Errorf("%+v: %+v, without copies %+v", c, e, alone)
			}
			if e.Interval.Low <= right && right <= e.Interval.High {
				covered++
			}
			got, want := e.Interval.High-e.Interval.Low, alone.Interval.High-alone.Interval.Low
			if !(got >= 0.9*want) {
				t.Errorf("%+v: the interval is %.3f wide, without copies %.3f", c, got, want)
			}
			if !(math.Abs(sure-right) <= 0.2) {
				t.Errorf("%+v: %.3f right, %.3f sure", c, right, sure)
			}
		}
		if covered < seeds-1 {
			t.Errorf("%+v: %d of %d intervals hold what other images show", c, covered, seeds)
		}
	}
}

// addCopies appends near copies of the first images.
func addCopies(x *Examples, copies, of int, noise float64) {
	r := rand.New(rand.NewPCG(3, 0))
	for i := range copies * of {
		for _, v := range x.Set.Row(i % of) {
			x.Set.X = append(x.Set.X, v+float32(noise*r.NormFloat64()))
		}
		x.Set.Names = append(x.Set.Names, fmt.Sprint("copy ", i))
		x.Labels = append(x.Labels, x.Labels[i%of])
	}
}

// Images without labels tell the scale of a dimension that three images cannot.
func TestOthersStandardiseAsWell(t *testing.T) {
	x := clusters(1, 4, 1)
	others := clusters(50, 4, 2).Set
	together := feature.MomentsOf(feature.Features{Dim: dim, X: slices.Concat(x.Set.X, others.X)})
	got := learn(t, x, others).moments
	for j := range dim {
		if got.Mean[j] != together.Mean[j] || got.RStd[j] != together.RStd[j] {
			t.Errorf("dimension %d: %g and %g, want %g and %g", j,
				got.Mean[j], got.RStd[j], together.Mean[j], together.RStd[j])
		}
	}
}
