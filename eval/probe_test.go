package eval

import (
	"context"
	"slices"
	"testing"

	"github.com/amdim/amdim/feature"
	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/internal/tiny"
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
