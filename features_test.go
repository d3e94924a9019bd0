package amdim

import (
	"context"
	"math"
	"testing"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/feature"
	"github.com/amdim/amdim/train"
)

// evaluated are the features of the evaluation of the tiny run: BatchNorm refreshed,
// standardised by train images.
func evaluated(t *testing.T, m *Model) (features [2]feature.Features) {
	t.Helper()
	ctx := context.Background()
	weights, err := checkpoint.Open(train.CheckpointPath(m.path))
	if err != nil {
		t.Fatal(err)
	}
	defer weights.Close()
	frozen, err := encoder.New(m.engine, m.settings.Model, encoder.Trained(weights))
	if err != nil {
		t.Fatal(err)
	}
	defer frozen.Close()
	for i, split := range []data.Split{data.Train, data.Test} {
		set, err := data.Open(fewShapes, split, data.Options{})
		if err != nil {
			t.Fatal(err)
		}
		images, err := encoder.NewImages(set, m.Px(), m.settings.Augment)
		if err == nil && split == data.Train {
			err = frozen.Refresh(ctx, images, encoder.RefreshConfig{Images: 500, Batch: 12, Seed: 1})
		}
		if err == nil {
			features[i], err = frozen.Encode(ctx, images)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if own, err := m.hash(); err != nil {
		t.Fatal(err)
	} else if moved, err := frozen.Hash(); err != nil || moved == own {
		t.Fatalf("the refresh changed nothing, %v", err)
	}
	feature.Standardize(features[0], features[1])
	return features
}

// The refresh shifts and scales each number of a vector, and an Index takes that out but for rounding, which
// float32 keeps small.
func TestVectorsAreTheFeaturesOfTheEvaluation(t *testing.T) {
	m := open(t, Options{Precision: "f32"})
	features := evaluated(t, m)
	near, err := feature.Nearest(t.Context(), features[0], features[1], features[0].Len())
	if err != nil {
		t.Fatal(err)
	}
	var sets [2]*Set
	for i, split := range []string{"train", "test"} {
		if sets[i], _, err = m.EmbedData(context.Background(), fewShapes, split); err != nil {
			t.Fatal(err)
		}
	}
	index, err := NewIndex(sets[0])
	if err != nil {
		t.Fatal(err)
	}
	for i := range sets[1].Len() {
		matches, err := index.Search(sets[1].Row(i), near.K)
		if err != nil || len(matches) != near.K {
			t.Fatal(matches, err)
		}
		cosine := map[int]float32{}
		for _, match := range matches {
			cosine[match.Index] = match.Cosine
		}
		for j := i * near.K; j < (i+1)*near.K; j++ {
			got, want := cosine[int(near.Index[j])], near.Cosine[j]
			if !(math.Abs(float64(got-want)) <= 1e-3) { // statistics and sums in float32
				t.Errorf("test image %d, train image %d: cosine %g, of the evaluation %g", i, near.Index[j], got, want)
			}
		}
	}
}
