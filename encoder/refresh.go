package encoder

import (
	"context"
	"fmt"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/tensor"
)

// RefreshConfig says how BatchNorm statistics are taken from plain train images.
type RefreshConfig struct {
	Images int    `json:"images"` // at most; of more, some are drawn; 0: statistics stay as they are
	Batch  int    `json:"batch"`  // images that are seen at a time, at most; 3 where 2 would leave one alone
	Seed   uint64 `json:"seed"`   // of the draw and the order; in package eval, of the random encoder too
}

// DefaultRefresh is that of an evaluation.
func DefaultRefresh() RefreshConfig { return RefreshConfig{Images: 25_000, Batch: 500, Seed: 1} }

// Refresh sets BatchNorm's running statistics to those of plain images: training left those of
// augmented ones, as they were during its last updates. They are the means, over batches, of the
// batch's mean and unbiased variance: precise BatchNorm of Wu and Johnson 2021, arXiv 2105.07576,
// who add the variance of the means to that of biased ones, which estimates the same. Every image
// is seen once at most: batches are equally large and as few as c.Batch allows, so that some of the
// last images may be left out. A single image has no variance: give at least two.
func (e *Encoder) Refresh(ctx context.Context, images *Images, c RefreshConfig) error {
	if c.Images == 0 {
		return nil
	}
	if n := min(images.Len(), c.Images, c.Batch); n < 2 {
		return fmt.Errorf("encoder: BatchNorm statistics cannot be taken from %d images of %d in batches of %d: "+
			"each takes at least 2", c.Images, images.Len(), c.Batch)
	}
	batches, batch := c.split(images.Len())
	bound, exec, err := e.compile(e.model.Refresh(e.taps...), batch)
	if err != nil {
		return fmt.Errorf("encoder: refresh: %w", err)
	}
	defer exec.Close()
	config := images.loaderConfig(batch)
	config.Seed = c.Seed
	loader, err := data.NewLoader(ctx, images.Dataset, config, images.newFill)
	if err != nil {
		return fmt.Errorf("encoder: refresh: %w", err)
	}
	defer loader.Close()
	out := engine.Outputs(bound)
	for i := range batches {
		b, err := loader.Next()
		if err != nil {
			return fmt.Errorf("encoder: refresh: %w", err)
		}
		_, err = exec.Step([]tensor.Tensor{b.Views}, out, 1/float32(i+1)) // so they become the means
		b.Release()
		if err != nil {
			return fmt.Errorf("encoder: refresh, batch %d: %w", i+1, err)
		}
	}
	return nil
}

// split returns how many batches are made of n images, and of how many images each: two at least.
func (c RefreshConfig) split(n int) (batches, batch int) {
	n = min(n, c.Images)
	batches = min((n+c.Batch-1)/c.Batch, n/2)
	return batches, n / batches
}
