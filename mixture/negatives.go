package mixture

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/tensor"
)

// NegativesConfig says what the locations of an image are scored against.
type NegativesConfig struct {
	Images    int                   `json:"images"` // evenly spaced over the data
	Locations int                   `json:"places"` // of each, drawn: neighbours are alike; so called in files
	Seed      uint64                `json:"seed"`   // of them
	Refresh   encoder.RefreshConfig `json:"refresh"`
}

// DefaultNegatives are 4,096 locations, about as many as an update has at batch 64: four from each
// of 1,024 images, the number of images in PAPER 4.5. All 49 of each would make the file 26 MB
// instead of 2.
func DefaultNegatives() NegativesConfig {
	return NegativesConfig{Images: 1024, Locations: 4, Seed: 1, Refresh: encoder.DefaultRefresh()}
}

// Validate returns an error that names the first value that cannot be used.
func (c NegativesConfig) Validate() error {
	for _, f := range []struct {
		name     string
		v, least int
	}{
		{"images", c.Images, 1},
		{"locations", c.Locations, 1},
		{"refresh.images", c.Refresh.Images, 0},
		{"refresh.batch", c.Refresh.Batch, 2},
	} {
		if f.v < f.least {
			return fmt.Errorf("mixture: negatives: %s = %d, need at least %d", f.name, f.v, f.least)
		}
	}
	return nil
}

// negatives are locations of other images, against which a location of an image is
// scored: φ7 of plain images (PAPER 4.5).
type negatives struct {
	Dim    int
	X      []float32 // (n, Dim)
	Origin Origin
}

// check returns an error for what cannot be the negatives of a network.
func (n negatives) check() error {
	if len(n.X) == 0 || len(n.X)%n.Dim != 0 {
		return fmt.Errorf("%d numbers of negatives of %d each", len(n.X), n.Dim)
	}
	if i := tensor.NonFinite(n.X); i >= 0 {
		return fmt.Errorf("number %d of the negatives is %v", i, n.X[i])
	}
	return nil
}

// Origin says what negatives were taken from.
type Origin struct {
	Count  int    `json:"count"`
	Data   string `json:"data,omitempty"` // spec of the images; empty: not known
	Images int    `json:"images"`         // of these
	Seed   uint64 `json:"seed"`           // of their locations
}

// takeNegatives encodes images, evenly spaced over the set, and draws locations of each.
func (s *Segmenter) takeNegatives(
	ctx context.Context, images *encoder.Images, c NegativesConfig,
) (negatives, error) {
	some := *images
	some.Dataset = data.Spread(images.Dataset, c.Images)
	b := negatives{Dim: s.model.NRKHS}
	b.X = make([]float32, 0, some.Len()*c.Locations*b.Dim)
	err := s.frozen.Tap(ctx, &some, "phi7", func(image int, phi7 []float32) {
		drawn := rng.New(c.Seed, 0, image, rng.Sample)
		for range c.Locations {
			at := drawn.IntN(encoder.MapSide*encoder.MapSide) * b.Dim
			b.X = append(b.X, phi7[at:at+b.Dim]...)
		}
	})
	if err != nil {
		return negatives{}, fmt.Errorf("mixture: negatives: %w", err)
	}
	b.Origin = Origin{Count: len(b.X) / b.Dim, Images: some.Len(), Seed: c.Seed}
	return b, nil
}

// In the file of negatives: the metadata keys for the weights that it was made with and
// for what it was taken from, and the array that it holds besides BatchNorm's statistics.
const (
	negativesKey = "amdim.negatives"
	originKey    = "amdim.negatives.origin"
	negativesOf  = "negatives"
)

// save keeps the negatives, and the BatchNorm statistics that they were made
// with, in a file beside the weights. If it fails, an existing file stays.
func (s *Segmenter) save(path string) error {
	hash, err := s.frozen.WeightsHash()
	if err != nil {
		return err
	}
	n := s.negatives
	vars := []graph.Var{{Name: negativesOf, Shape: []int{len(n.X) / n.Dim, n.Dim}}}
	origin, err := json.Marshal(n.Origin)
	if err == nil {
		meta := map[string]string{negativesKey: hash, originKey: string(origin)}
		err = checkpoint.Replace(path, learnt{s}, vars, meta)
	}
	if err != nil {
		return fmt.Errorf("mixture: negatives: %w", err)
	}
	return nil
}

// NegativesFit returns nil if Prepare has kept negatives for a checkpoint's weights at
// path. ErrNoNegatives: there is no such file or, as the error then says, it is for
// other weights.
func NegativesFit(path string, m model.Config, weights *checkpoint.Reader) error {
	r, err := openNegatives(path, func() (string, error) {
		return encoder.StoredHash(weights, m, segmenterTaps...)
	})
	if err != nil {
		return err
	}
	return r.Close()
}

// openNegatives opens a file of negatives for the weights with a given hash.
func openNegatives(path string, weightsHash func() (string, error)) (*checkpoint.Reader, error) {
	r, err := checkpoint.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w as %s", ErrNoNegatives, path)
	}
	if err != nil {
		return nil, err
	}
	hash, err := weightsHash()
	if err == nil && r.Meta[negativesKey] != hash {
		err = fmt.Errorf("%w: %s belongs to other weights", ErrNoNegatives, path)
	}
	if err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// restore sets what save has kept. If that is for other weights, the error is that of
// NegativesFit.
func (s *Segmenter) restore(path string) error {
	r, err := openNegatives(path, s.frozen.WeightsHash)
	if err != nil {
		return err
	}
	defer r.Close()
	n, statistics := negatives{Dim: s.model.NRKHS}, map[string][]float32{}
	err = r.Each(func(name string, v []float32) error {
		if name == negativesOf {
			n.X = slices.Clone(v)
		} else {
			statistics[name] = slices.Clone(v)
		}
		return nil
	})
	if err == nil {
		err = n.check()
	}
	if err == nil {
		err = s.frozen.SetStatistics(statistics)
	}
	if err == nil {
		if err = json.Unmarshal([]byte(r.Meta[originKey]), &n.Origin); err != nil {
			err = fmt.Errorf("%s: %w", originKey, err)
		}
	}
	if err != nil {
		return fmt.Errorf("mixture: negatives: %s: %w", path, err)
	}
	s.negatives = n
	return nil
}

// learnt is what the file of negatives holds.
type learnt struct{ *Segmenter }

// Each calls f for every array.
func (l learnt) Each(f func(name string, v []float32) error) error {
	if err := f(negativesOf, l.negatives.X); err != nil {
		return err
	}
	return l.frozen.EachStatistic(f)
}
