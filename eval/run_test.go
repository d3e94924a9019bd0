package eval

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/feature"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/tensor"
)

func tiny() model.Config {
	return model.Config{
		Px: 32, NDF: 4, NRKHS: 16, NDepth: 1, TClip: 20,
		Mean: [3]float64{0.5, 0.5, 0.5}, Std: [3]float64{0.25, 0.25, 0.25},
	}
}

func shapes(t *testing.T, size, n int, split data.Split) data.Dataset {
	t.Helper()
	c := data.DefaultShapes()
	c.Size, c.Train, c.Test = size, n, n
	set, err := data.NewShapes(c, split)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func plain(t *testing.T, set data.Dataset) *Images {
	t.Helper()
	images, err := NewImages(set, 32, augment.CIFAR())
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
	c.Refresh.Batches, c.Refresh.Batch = 3, 20
	c.Probe = quick()
	c.Probe.Epochs = 2
	c.KNN.K = []int{20, 1}
	return &Evaluation{
		Config: c, Model: tiny(), Weights: Random(7), Engine: newEngine(t), ProbeEngine: newEngine(t),
		Train: plain(t, shapes(t, 32, 110, data.Train)), Test: plain(t, shapes(t, 32, 105, data.Test)),
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
			"Raw pixels are left out: they need 0.00528 GB of memory, and 0.00528 are free.")
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
	e.Train, e.Test = plain(t, shapes(t, 16, 60, data.Train)), plain(t, shapes(t, 16, 30, data.Test))
	r, _, err := e.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"Images of 16×16 are enlarged to the network's input of 32×32."}
	if !slices.Equal(r.Notes, want) {
		t.Errorf("notes %q, want %q", r.Notes, want)
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
	e.Weights = Random(e.Config.Refresh.Seed)
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

func TestHashChangesWithAnyVariable(t *testing.T) {
	e, err := NewEncoder(newEngine(t), tiny(), Random(1))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	seen := map[string]string{hash(t, e): "nothing"}
	for _, v := range tiny().Encode().Vars {
		w := value(t, e.state, v.Name)
		w[len(w)-1] += 1e-3
		if err := e.state.Set(v.Name, w); err != nil {
			t.Fatal(err)
		}
		h := hash(t, e)
		if other, ok := seen[h]; ok {
			t.Errorf("hash after changing %s is that after changing %s", v.Name, other)
		}
		seen[h] = v.Name
	}
}

func TestRefreshMovesStatisticsOnly(t *testing.T) {
	e, err := NewEncoder(newEngine(t), tiny(), Random(1))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	images := plain(t, shapes(t, 32, 50, data.Train))
	weight := value(t, e.state, "encoder.l1.weight")
	before := hash(t, e)
	c := RefreshConfig{Batches: 3, Batch: 20, Seed: 1}
	if err := e.Refresh(context.Background(), images, c); err != nil {
		t.Fatal(err)
	}
	if hash(t, e) == before {
		t.Error("the refresh changed nothing")
	}
	if !slices.Equal(weight, value(t, e.state, "encoder.l1.weight")) {
		t.Error("the refresh changed a weight")
	}
}

// 50 batches of 500 are those of the paper's data sets; of 495 photographs they would be
// 50 passes.
func TestRefreshOfFewImagesIsShort(t *testing.T) {
	c := Default().Refresh
	for n, want := range map[int]int{2: 2, 100: 100, 495: 100, 1500: 300, 2500: 500, 50_000: 500} {
		if got := c.batch(n); got != want {
			t.Errorf("%d images: batches of %d, want %d", n, got, want)
		}
	}
	if got := (RefreshConfig{Batches: 3, Batch: 20}).batch(1000); got != 20 {
		t.Errorf("a batch of 20: %d", got)
	}
}

// One image has a single f1, whose variance is not known.
func TestRefreshNeedsTwoImages(t *testing.T) {
	e, err := NewEncoder(newEngine(t), tiny(), Random(1))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	c := RefreshConfig{Batches: 3, Batch: 20, Seed: 1}
	for n, want := range map[int]string{1: "1 image: give at least 2", 2: ""} {
		before := hash(t, e)
		err := e.Refresh(context.Background(), plain(t, shapes(t, 32, n, data.Train)), c)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%d images: %v, want %q", n, err, want)
		}
		if err != nil && hash(t, e) != before {
			t.Errorf("%d images: an error changed the state", n)
		}
	}
}

func TestFeaturesDoNotDependOnTheirBatch(t *testing.T) {
	e, err := NewEncoder(newEngine(t), tiny(), Random(1))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	all := shapes(t, 32, 130, data.Train) // a batch of 100 and a padded one
	whole, err := e.Encode(context.Background(), plain(t, all))
	if err != nil {
		t.Fatal(err)
	}
	last, err := e.Encode(context.Background(), plain(t, tail{all, 120}))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(whole.X[120*whole.Dim:], last.X) {
		t.Error("the features of the last ten images differ when encoded alone")
	}
}

// tail is a data set from an image on.
type tail struct {
	data.Dataset
	from int
}

func (s tail) Len() int        { return s.Dataset.Len() - s.from }
func (s tail) Label(i int) int { return s.Dataset.Label(s.from + i) }

func (s tail) Image(i int) (tensor.Image, error) { return s.Dataset.Image(s.from + i) }

func hash(t *testing.T, e *Encoder) string {
	t.Helper()
	h, err := e.Hash()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func value(t *testing.T, s engine.State, name string) (w []float32) {
	t.Helper()
	err := s.Each(func(n string, v []float32) error {
		if n == name {
			w = slices.Clone(v)
		}
		return nil
	})
	if err != nil || w == nil {
		t.Fatalf("no %s: %v", name, err)
	}
	return w
}
