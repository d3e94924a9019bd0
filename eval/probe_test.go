package eval

import (
	"context"
	"slices"
	"testing"

	"github.com/amdim/amdim/feature"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/internal/tiny"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/tensor"
)

// blobs are three classes far apart: every linear rule that works at all finds them.
func blobs(seed uint64, n int) feature.Features {
	s := rng.New(seed, 0, 0, rng.Sample)
	f := feature.Features{Dim: 8}
	for i := range n {
		f.Labels = append(f.Labels, int32(i%3))
		for j := range f.Dim {
			x := 0.5 * s.Normal()
			if j == i%3 {
				x += 3
			}
			f.X = append(f.X, float32(x))
		}
	}
	return f
}

func quick() ProbeConfig {
	c := Default().Probe
	c.Batch, c.Epochs, c.Schedule.LR = 30, 10, 1e-2
	return c
}

func TestProbesLearnSeparableClasses(t *testing.T) {
	train, test := blobs(1, 305), blobs(2, 1003) // 5 images fill no batch; two batches of predictions
	feature.Standardize(train, test)
	for _, protocol := range []string{Linear, MLP} {
		ranked, err := quick().Probe(context.Background(), tiny.CPU(t), protocol, train, test, 3, 1)
		if err != nil {
			t.Fatal(err)
		}
		predicted := ranked.First()
		if len(predicted) != test.Len() {
			t.Fatalf("%s: %d predictions for %d images", protocol, len(predicted), test.Len())
		}
		if a := Accuracy(predicted, test.Labels); !(a >= 0.99) { // 3/0.5: six deviations between two means
			t.Errorf("%s: accuracy %.3f", protocol, a)
		}
	}
}

func TestProbesRepeatAndDependOnTheSeed(t *testing.T) {
	train, test := random(1, 60, 8, 3), random(2, 200, 8, 3) // nothing to learn: seeds disagree
	for _, protocol := range []string{Linear, MLP} {
		var runs [][]int32
		for _, seed := range []uint64{1, 1, 2} {
			ranked, err := quick().Probe(context.Background(), tiny.CPU(t), protocol, train, test, 3, seed)
			if err != nil {
				t.Fatal(err)
			}
			runs = append(runs, ranked.First())
		}
		if !slices.Equal(runs[0], runs[1]) {
			t.Errorf("%s: two runs of seed 1 differ", protocol)
		}
		if slices.Equal(runs[0], runs[2]) {
			t.Errorf("%s: seeds 1 and 2 give the same predictions", protocol)
		}
	}
}

func TestProbeStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := quick().Probe(ctx, tiny.CPU(t), Linear, blobs(1, 60), blobs(2, 60), 3, 1); err == nil {
		t.Error("no error from a cancelled context")
	}
}

// twoMasks is a classifier whose dropouts differ.
func twoMasks(dim, classes int) classifier {
	b := graph.NewBuilder("two dropouts")
	x := b.Input("features", graph.Input{DType: tensor.Float32}, graph.Any, dim)
	labels := b.Input("labels", graph.Input{DType: tensor.Int32}, graph.Any)
	few := b.Input("mask1", graph.Input{DType: tensor.Float32}, graph.Any, dim)
	most := b.Input("mask2", graph.Input{DType: tensor.Float32}, graph.Any, dim)
	x = b.Dropout("dropout2", b.Dropout("dropout1", x, few, 0.9), most, 0.1)
	logits := b.Linear("linear", x, graph.Linear{Out: classes, Bias: true}, graph.FanIn())
	loss, _, _ := b.SoftmaxXent("xent", logits, labels, 0)
	b.Loss(loss, 1)
	return classifier{b.Program(), model.LinearPredict(dim, classes)}
}

// The inputs of an epoch's last batch say what was drawn in it.
func TestEachEpochDrawsItsOrderAndItsMasks(t *testing.T) {
	train := blobs(1, 60)
	p, err := quick().start(tiny.CPU(t), twoMasks(train.Dim, 3), 30, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	draw := func(epoch int) (rows, few, most []float32) {
		if err := p.epoch(context.Background(), train, epoch); err != nil {
			t.Fatal(err)
		}
		return slices.Clone(p.in[0].F32), slices.Clone(p.in[2].F32), slices.Clone(p.in[3].F32)
	}
	rows, few, most := draw(0)
	again, fewAgain, _ := draw(0)
	if !slices.Equal(rows, again) || !slices.Equal(few, fewAgain) {
		t.Error("an epoch is drawn otherwise when it is repeated")
	}
	if second, _, _ := draw(1); slices.Equal(rows, second) {
		t.Error("the second epoch visits the images in the order of the first")
	}
	images := []int{7, 8, 9}
	masks := func(epoch int) []float32 {
		if err := p.update(images, epoch); err != nil {
			t.Fatal(err)
		}
		return slices.Clone(p.in[2].F32[:len(images)*train.Dim])
	}
	if slices.Equal(masks(0), masks(1)) {
		t.Error("the second epoch has the masks of the first")
	}
	kept := func(mask []float32) (n int) {
		for _, v := range mask {
			n += int(v)
		}
		return n
	}
	if a, b := kept(few), kept(most); !(a < 60 && b > 180) { // of 240: 24 and 216 expected, ±5
		t.Errorf("masks of rates 0.9 and 0.1 keep %d and %d of %d", a, b, len(few))
	}
}
