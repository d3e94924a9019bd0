package eval

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/internal/tiny"
	"github.com/amdim/amdim/tensor"
)

func paperEvaluation(t *testing.T) *Evaluation {
	e := evaluation(t)
	e.Config.Protocols = []string{Paper}
	e.Config.Paper = e.Config.Paper.Within(2)
	e.Config.Paper.Batch = 40
	return e
}

// counted counts the images that are read.
type counted struct {
	data.Dataset
	read *atomic.Int64
}

func (c counted) Image(i int) (tensor.Image, error) {
	c.read.Add(1)
	return c.Dataset.Image(i)
}

func TestPaperProtocolSetsBatchNormByTestImages(t *testing.T) {
	e := paperEvaluation(t)
	set := counted{e.Test.Dataset, new(atomic.Int64)}
	e.Test = plain(t, set)
	set.read.Store(0)
	rows, _, err := e.paper(context.Background(), Model, encoder.Random(7))
	if err != nil {
		t.Fatal(err)
	}
	// 105 to be encoded, and three batches of 20.
	if n := set.read.Load(); n < 165 {
		t.Errorf("%d test images read, want 165 or more", n)
	}
	if len(rows) != 2 || rows[0].Protocol != "paper-linear" || rows[1].Protocol != "paper-mlp" {
		t.Fatalf("rows %+v", rows)
	}
	for _, row := range rows {
		if len(row.Accuracy.Runs) != 2 || row.Interval.Over != OverSeeds+AndImages || row.Accuracy.Mean == 0 {
			t.Errorf("%+v", row)
		}
	}
}

func TestTrainingOnViewsLeavesTheEncoderAlone(t *testing.T) {
	e := paperEvaluation(t)
	frozen, err := encoder.New(e.Engine, e.Model, encoder.Random(7))
	if err != nil {
		t.Fatal(err)
	}
	defer frozen.Close()
	probes, err := e.paperProbes()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range probes {
		defer p.close()
	}
	scale, bias := tiny.Value(t, probes[1].state, "mlp.bn.scale"), tiny.Value(t, probes[1].state, "mlp.bn.bias")
	if low, high := slices.Min(scale), slices.Max(scale); !(0 <= low && low <= 0.1 && 0.9 <= high && high < 1) {
		t.Errorf("BatchNorm weights of the MLP from %g to %g, want U(0, 1)", slices.Min(scale), slices.Max(scale))
	}
	if slices.Min(bias) != 0 || slices.Max(bias) != 0 {
		t.Error("BatchNorm biases of the MLP are not 0")
	}
	all, linear := tiny.Hash(t, frozen), tiny.Value(t, probes[0].state, "linear.weight")
	if err := e.trainOnViews(context.Background(), Model, frozen, probes); err != nil {
		t.Fatal(err)
	}
	if tiny.Hash(t, frozen) != all {
		t.Error("the encoder has changed")
	}
	if slices.Equal(linear, tiny.Value(t, probes[0].state, "linear.weight")) {
		t.Error("the linear probe did not learn")
	}
	if n := probes[0].steps; n != 4 { // two epochs of 110 images in whole batches of 40
		t.Errorf("%d updates, want 4", n)
	}
}

// The encoder was fitted to the views that pretraining drew.
func TestProbesDrawViewsThatPretrainingDidNot(t *testing.T) {
	e := paperEvaluation(t)
	img, err := e.Train.Image(0)
	if err != nil {
		t.Fatal(err)
	}
	view := func(seed uint64) []uint8 {
		v := make([]uint8, 32*32*3)
		newView(e.Train.Transform(), seed)(img, 0, 0, [][]uint8{v})
		return v
	}
	for _, seed := range []uint64{1, 2, 3, 1 << 20} {
		if slices.Equal(view(viewSeed(seed)), view(seed)) {
			t.Errorf("seed %d: the view of pretraining", seed)
		}
	}
}

func TestPaperProtocolSaysWhatItDoes(t *testing.T) {
	e := paperEvaluation(t)
	r, features, err := e.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if features.Train.Len() != 0 || r.Frozen.Before != "" {
		t.Error("plain images were encoded for nothing")
	}
	e.Config.Protocols, e.Config.Baselines = []string{KNN}, false
	if plain, _, err := e.Run(context.Background()); err != nil || r.Frozen.Weights != plain.Frozen.Weights {
		t.Errorf("weights %q under %s, %+v under %s: %v", r.Frozen.Weights, Paper, plain.Frozen, KNN, err)
	}
	if representations, _ := r.Axes(); !slices.Equal(representations, []string{Model, RandomEncoder}) {
		t.Errorf("representations %q", representations)
	}
	var out strings.Builder
	if err := r.Print(&out); err != nil {
		t.Fatal(err)
	}
	if text := strings.Join(strings.Fields(out.String()), " "); !strings.Contains(text,
		"uses unlabelled test images to set BatchNorm, as the original code did") {
		t.Errorf("printed:\n%s", out.String())
	}
}

func TestSchedulesOfThePaper(t *testing.T) {
	for _, c := range []struct {
		spec   string
		epochs int
		drops  []int
	}{
		{"cifar10:data", 120, []int{80, 110}}, {"stl10:data", 120, []int{80, 110}},
		{"folder:x", 120, []int{80, 110}},
		{"imagenet:data", 30, []int{15, 25}}, {"places205:data", 15, []int{7, 12}},
	} {
		p := PaperProbe(c.spec)
		s := p.Schedule
		if p.Epochs != c.epochs || !slices.Equal(s.Drops, c.drops) || s.LR != 2e-4 || s.Factor != 0.2 {
			t.Errorf("%s: %+v", c.spec, p)
		}
		if p.Adam.Beta1 != 0.8 || p.Adam.WeightDecay != 1e-5 || !p.Clipped {
			t.Errorf("%s: %+v", c.spec, p)
		}
	}
	p := PaperProbe("")
	if short := p.Within(12); short.Epochs != 12 || !slices.Equal(short.Schedule.Drops, []int{8, 11}) {
		t.Errorf("within 12 epochs: %+v", short)
	}
	if !slices.Equal(p.Within(120).Schedule.Drops, p.Schedule.Drops) || p.Epochs != 120 {
		t.Errorf("within 120 epochs: %+v", p.Within(120))
	}
}

func TestClippedProbesLearnToo(t *testing.T) {
	train, test := blobs(1, 305), blobs(2, 300)
	c := quick()
	c.Clipped = true
	r, err := c.Probe(context.Background(), tiny.CPU(t), Linear, train, test, 3, 1)
	if err != nil {
		t.Fatal(err)
	}
	if a := Accuracy(r.First(), test.Labels); !(a >= 0.99) {
		t.Errorf("accuracy %g", a)
	}
}
