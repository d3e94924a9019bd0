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
	Batches int    `json:"batches"`
	Batch   int    `json:"batch"` // images
	Seed    uint64 `json:"seed"`  // of their order; in package eval, of the random encoder too
}

// DefaultRefresh is that under which our results are quoted.
func DefaultRefresh() RefreshConfig { return RefreshConfig{Batches: 50, Batch: 500, Seed: 1} }

// Refresh moves BatchNorm's running statistics towards those of plain images,
// batch after batch: training left those of augmented ones. Batches are drawn as by
// data.NewLoader, in an order that depends on the seed: an epoch leaves out the images
// that no longer fill a batch. It needs two images: a single one has no variance.
func (e *Encoder) Refresh(ctx context.Context, images *Images, c RefreshConfig) error {
	batch := c.BatchFor(images.Len())
	if batch < 2 && c.Batches > 0 {
		return fmt.Errorf("encoder: BatchNorm statistics cannot be taken from %d image: give at least 2", batch)
	}
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
	for i := range c.Batches {
		b, err := loader.Next()
		if err != nil {
			return fmt.Errorf("encoder: refresh: %w", err)
		}
		_, err = exec.Step([]tensor.Tensor{b.Views}, out, 0)
		b.Release()
		if err != nil {
			return fmt.Errorf("encoder: refresh, batch %d: %w", i+1, err)
		}
	}
	return nil
}

// A batch of fewer images than this costs little, and a few hundred images need not be
// seen fifty times.
const (
	refreshLeast  = 100
	refreshPasses = 10
)

// BatchFor is how many of n images are seen at a time: c.Batch, but not so many that all
// batches together are more than a few passes over the images.
func (c RefreshConfig) BatchFor(n int) int {
	few := max(refreshLeast, refreshPasses*n/max(c.Batches, 1))
	return min(c.Batch, n, few)
}
