package eval

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/feature"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/tiny"
)

func plain(t *testing.T, set data.Dataset) *encoder.Images {
	t.Helper()
	images, err := encoder.NewImages(set, 32, augment.CIFAR())
	if err != nil {
		t.Fatal(err)
	}
	return images
}

func evaluation(t *testing.T) *Evaluation {
	t.Helper()
	c := Default()
	c.Seeds = []uint64{1, 2}
	c.Protocols = []string{Linear, MLP, KNN, FewShot}
	c.FewShot.Shots, c.FewShot.Draws, c.FewShot.Updates = []int{2}, 3, 20
	c.Refresh.Images, c.Refresh.Batch = 60, 20
	c.Probe = quick()
	c.Probe.Epochs = 2
	c.KNN.K = []int{20, 1}
	return &Evaluation{
		Config: c, Model: tiny.Model(), Weights: encoder.Random(7), Engine: tiny.CPU(t), ProbeEngine: tiny.CPU(t),
		Train: plain(t, tiny.Shapes(t, 32, 110, data.Train)), Test: plain(t, tiny.Shapes(t, 32, 105, data.Test)),
	}
}

func TestRunComparesTheModelWithBothBaselines(t *testing.T) {
	e := evaluation(t)
	e.Command = "amdim eval …"
	var said []string
	e.Progress = func(what string) { said = append(said, what) }
	r, features, err := e.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	representations, protocols := r.Axes()
	if want := []string{Model, RandomEncoder, RawPixels}; !slices.Equal(representations, want) {
		t.Errorf("representations %q, want %q", representations, want)
	}
	want := []string{"linear", "mlp", "knn-20", "knn-1", "few-shot-2", "few-shot-2-mean"}
	if !slices.Equal(protocols, want) {
		t.Errorf("protocols %q, want %q", protocols, want)
	}
	for _, row := range r.Rows {
		if n := len(row.Accuracy.Runs); row.Accuracy.Mean <= 0 || row.Protocol == Linear && n != 2 {
			t.Errorf("%+v", row)
		}
		if i := row.Interval; !(i.Low <= row.Accuracy.Mean && row.Accuracy.Mean <= i.High) {
			t.Errorf("interval %+v around %v", i, row.Accuracy)
		}
		if row.Top5.Mean < row.Accuracy.Mean || len(row.Top5.Runs) != len(row.Accuracy.Runs) {
			t.Errorf("top-5 %v beside %v", row.Top5, row.Accuracy)
		}
		counted := row.Representation == Model && !strings.HasPrefix(row.Protocol, FewShot)
		if counted != (row.Confusion != nil) {
			t.Errorf("%s of %s: confusion %v", row.Protocol, row.Representation, row.Confusion)
		}
	}
	if got := r.Commands(); !slices.Equal(got, []string{e.Command}) {
		t.Errorf("commands %q", got)
	}
	if r.Frozen.Before == "" || r.Frozen.Before != r.Frozen.After {
		t.Errorf("hashes %+v", r.Frozen)
	}
	if r.TrainDigest != e.Train.Digest() || r.TestDigest != e.Test.Digest() {
		t.Errorf("digests %q and %q", r.TrainDigest, r.TestDigest)
	}
	if features.Train.Len() != 110 || features.Test.Len() != 105 || features.Test.Dim != 16 {
		t.Errorf("features of %d and %d images", features.Train.Len(), features.Test.Len())
	}
	if !slices.Contains(said, "random encoder: refresh BatchNorm") {
		t.Errorf("progress %q", said)
	}
}

// A photograph of 128 px is 200 KB, and an encoder may have learnt from a million.
func TestRawPixelsThatDoNotFitAreLeftOut(t *testing.T) {
	const need = 2 * 4 * 32 * 32 * 3 * (110 + 105)
	for memory, fit := range map[int64]bool{0: true, need: true, need - 1: false} {
		e := evaluation(t)
		e.Config.Protocols, e.Config.KNN.K, e.Memory = []string{KNN}, []int{1}, memory
		r, _, err := e.Run(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		noted := slices.Contains(r.Notes,
			"Raw pixels are left out: they need 5.28 MB of memory, and 5.28 MB are free.")
		if there := r.Row(RawPixels, "knn-1").Dim > 0; there != fit || noted == fit || len(r.Rows) < 2 {
			t.Errorf("%d bytes: raw pixels %v, notes %q, %d rows", memory, there, r.Notes, len(r.Rows))
		}
	}
}

// Each fold trains a classifier of its own, as if there were no other images.
func TestFoldsAreEvaluatedOneByOne(t *testing.T) {
	e := evaluation(t)
	e.Config.Protocols, e.Config.KNN.K = []string{Linear, KNN}, []int{5}
	e.Folds = [][]int{{0, 11, 22, 33, 44, 55, 66, 77}, {5, 6, 7, 8, 9, 100, 101}, {1, 2, 3, 4, 5}}
	e.Config.Baselines = false
	r, s, err := e.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	linear := r.Row(Model, Linear)
	if len(linear.Accuracy.Runs) != 3 || linear.Interval.Over != OverFolds+AndImages || r.Folds != 3 {
		t.Errorf("linear: %+v", linear)
	}
	runs := r.Row(Model, "knn-5").Accuracy.Runs
	for i, fold := range e.Folds {
		train := s.Train.Subset(fold)
		n, err := feature.Nearest(t.Context(), train, s.Test, 5)
		if err != nil {
			t.Fatal(err)
		}
		if want := Accuracy(Vote(n, train.Labels, 10, 5, 0.1).First(), s.Test.Labels); runs[i] != want {
			t.Errorf("fold %d: %g, alone %g", i, runs[i], want)
		}
	}
}

func TestSmallerImagesAreEnlargedAndItSaysSo(t *testing.T) {
	e := evaluation(t)
	e.Config.Protocols, e.Config.KNN.K, e.Config.Baselines = []string{KNN}, []int{1}, false
	e.Train, e.Test = plain(t, tiny.Shapes(t, 16, 60, data.Train)), plain(t, tiny.Shapes(t, 16, 30, data.Test))
	r, _, err := e.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	const want = "Images of 16×16 are enlarged to the network's input of 32×32."
	if !slices.Contains(r.Notes, want) {
		t.Errorf("notes %q lack %q", r.Notes, want)
	}
}

// A figure on fewer images than the data set has does not compare with one on all.
func TestTheResultCountsWhatCannotBeRead(t *testing.T) {
	e := evaluation(t)
	if r, err := e.Start(); err != nil || r.Notes != nil {
		t.Fatalf("of readable images: notes %q, %v", r.Notes, err)
	}
	e.Test.Whole = e.Test.Dataset
	e.Test.Dataset = data.Spread(e.Test.Whole, 100)
	r, err := e.Start()
	want := []string{"Left out, as they cannot be read: 0 of 110 train and 5 of 105 test images."}
	if err != nil || !slices.Equal(r.Notes, want) {
		t.Errorf("notes %q, want %q; %v", r.Notes, want, err)
	}
}

// A random encoder with the seed of the baseline is the baseline.
func TestRandomBaselineIsTheSameNetwork(t *testing.T) {
	e := evaluation(t)
	e.Weights = encoder.Random(e.Config.Refresh.Seed)
	e.Config.Protocols = []string{KNN}
	r, _, err := e.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if a, b := r.Row(Model, "knn-20"), r.Row(RandomEncoder, "knn-20"); a.Accuracy.Mean != b.Accuracy.Mean {
		t.Errorf("%v and %v", a.Accuracy, b.Accuracy)
	}
}

func TestRunRefusesWhatItCannotEvaluate(t *testing.T) {
	for _, c := range []struct {
		change func(e *Evaluation)
		want   string
	}{
		{func(e *Evaluation) { e.Config.Protocols = []string{"ridge"} }, `unknown protocol "ridge"`},
		{func(e *Evaluation) { e.Config.Protocols = []string{KNN, KNN} }, "protocol knn twice"},
		{func(e *Evaluation) { e.Config.Seeds = nil }, "seeds = 0"},
		{func(e *Evaluation) { e.Config.FewShot.Shots = []int{12} }, `class "disc" has 11 train images`},
		{func(e *Evaluation) { e.Config.FewShot.Shots = []int{0} }, "few_shot.shots holds 0"},
		{func(e *Evaluation) { e.Config.FewShot.Shots = []int{5, 1, 5} }, "few_shot.shots holds 5 twice"},
		{func(e *Evaluation) { e.Config.KNN.K = []int{20, 20} }, "knn.k holds 20 twice"},
		{func(e *Evaluation) { e.Config.FewShot.Draws = 0 }, "few_shot.draws = 0, need at least 1"},
		{func(e *Evaluation) { e.Folds = [][]int{{0, 1}} }, "few-shot draws from all train images"},
		{func(e *Evaluation) { e.Config.Protocols, e.Folds = []string{Paper}, [][]int{{0, 1}} },
			"paper learns from all train images"},
		{func(e *Evaluation) { e.Config.Paper.Epochs = 0 }, "paper.epochs = 0"},
		{func(e *Evaluation) { e.Folds = [][]int{{0, 1, 2}, {3, 110}} }, "fold 1 of 2 images goes beyond the 110"},
		{func(e *Evaluation) { e.Config.KNN.K = []int{500} }, "knn.k = 500, but there are 110 train images"},
		{func(e *Evaluation) { e.Train = plain(t, unlabelled{e.Train.Dataset}) }, "evaluation needs labelled data"},
		{func(e *Evaluation) { e.Test = plain(t, holed{e.Test.Dataset}) },
			"test images are in none of the 10 classes, the first is image 5"},
		{func(e *Evaluation) { e.Weights = nil }, "eval: Evaluation.Weights is nil"},
		{func(e *Evaluation) { e.Engine = nil }, "eval: Evaluation.Engine is nil"},
		{func(e *Evaluation) { e.ProbeEngine = nil }, "eval: Evaluation.ProbeEngine is nil"},
		{func(e *Evaluation) { e.Train = nil }, "eval: Evaluation.Train is nil"},
		{func(e *Evaluation) { e.Test = nil }, "eval: Evaluation.Test is nil"},
	} {
		e := evaluation(t)
		c.change(e)
		if _, _, err := e.Run(context.Background()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
}

type unlabelled struct{ data.Dataset }

func (unlabelled) Classes() []string { return nil }
func (unlabelled) Label(int) int     { return -1 }

// holed lacks the label of image 5.
type holed struct{ data.Dataset }

func (h holed) Label(i int) int {
	if i == 5 {
		return -1
	}
	return h.Dataset.Label(i)
}

// damaged are random weights whose features are not numbers.
type damaged struct{ encoder.Weights }

func (d damaged) Set(s engine.State, vars []graph.Var) error {
	if err := d.Weights.Set(s, vars); err != nil {
		return err
	}
	bad := slices.Repeat([]float32{float32(math.NaN())}, tiny.Model().NRKHS)
	return s.Set("encoder.l7.bn.bias", bad)
}

func TestFeaturesThatAreNoNumbersHaveNoAccuracy(t *testing.T) {
	e := evaluation(t)
	e.Weights = damaged{e.Weights}
	_, _, err := e.Run(context.Background())
	if bad := new(engine.NonFiniteError); !errors.As(err, &bad) || bad.Op != "f1" {
		t.Errorf("%v, want a *engine.NonFiniteError about f1", err)
	}
}
