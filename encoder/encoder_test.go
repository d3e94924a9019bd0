package encoder

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/engine/ref"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/tiny"
	"github.com/amdim/amdim/tensor"
)

func plain(t *testing.T, set data.Dataset) *Images {
	t.Helper()
	images, err := NewImages(set, 32, augment.CIFAR())
	if err != nil {
		t.Fatal(err)
	}
	return images
}

func TestEncoderHoldsWeightsAndNoMoments(t *testing.T) {
	encoder := encoderOn(t, ref.New())
	n := 0
	err := encoder.state.Each(func(name string, _ []float32) error {
		if n++; graph.IsSlot(name) {
			t.Errorf("a frozen encoder holds %s", name)
		}
		return nil
	})
	if err != nil || n == 0 {
		t.Errorf("%d entries, error %v", n, err)
	}
}

func TestWhatIsNilIsRefused(t *testing.T) {
	_, noEngine := New(nil, tiny.Model(), Random(1))
	_, noWeights := New(tiny.CPU(t), tiny.Model(), nil)
	_, noData := NewImages(nil, 32, augment.CIFAR())
	for want, err := range map[string]error{
		"the engine is nil": noEngine, "the weights are nil": noWeights, "the data set is nil": noData,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

func TestRefreshMovesStatisticsOnly(t *testing.T) {
	e, err := New(tiny.CPU(t), tiny.Model(), Random(1))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	images := plain(t, tiny.Shapes(t, 32, 50, data.Train))
	weight := tiny.Value(t, e.state, "encoder.l1.weight")
	before := tiny.Hash(t, e)
	c := RefreshConfig{Images: 60, Batch: 20, Seed: 1}
	if err := e.Refresh(context.Background(), images, c); err != nil {
		t.Fatal(err)
	}
	if tiny.Hash(t, e) == before {
		t.Error("the refresh changed nothing")
	}
	if !slices.Equal(weight, tiny.Value(t, e.state, "encoder.l1.weight")) {
		t.Error("the refresh changed a weight")
	}
}

func TestRefreshSeesEveryImageOnceAtMost(t *testing.T) {
	for _, c := range []struct{ n, images, batch, wantBatches, wantBatch int }{
		{2, 25_000, 500, 1, 2}, {3, 25_000, 2, 1, 3}, {500, 25_000, 500, 1, 500}, {501, 25_000, 500, 2, 250},
		{1300, 25_000, 500, 3, 433}, {50_000, 25_000, 500, 50, 500}, {1000, 60, 20, 3, 20}, {65, 65, 2, 32, 2},
	} {
		r := RefreshConfig{Images: c.images, Batch: c.batch}
		if batches, batch := r.split(c.n); batches != c.wantBatches || batch != c.wantBatch {
			t.Errorf("%+v: %d batches of %d", c, batches, batch)
		}
	}
}

// One image has a single f1, whose variance is not known.
func TestRefreshNeedsTwoImages(t *testing.T) {
	e, err := New(tiny.CPU(t), tiny.Model(), Random(1))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	c := RefreshConfig{Images: 60, Batch: 20, Seed: 1}
	for n, want := range map[int]string{1: "60 images of 1 in batches of 20: each takes at least 2", 2: ""} {
		before := tiny.Hash(t, e)
		err := e.Refresh(context.Background(), plain(t, tiny.Shapes(t, 32, n, data.Train)), c)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%d images: %v, want %q", n, err, want)
		}
		if err != nil && tiny.Hash(t, e) != before {
			t.Errorf("%d images: an error changed the state", n)
		}
	}
}

func TestFeaturesDoNotDependOnTheirBatch(t *testing.T) {
	e, err := New(tiny.CPU(t), tiny.Model(), Random(1))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	all := tiny.Shapes(t, 32, 130, data.Train) // a batch of 100 and a padded one
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

func (s tail) Len() int { return s.Dataset.Len() - s.from }

func (s tail) Label(i int) int { return s.Dataset.Label(s.from + i) }

func (s tail) Image(i int) (tensor.Image, error) { return s.Dataset.Image(s.from + i) }
