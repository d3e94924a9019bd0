package eval

import (
	"context"
	"fmt"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/feature"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/tensor"
)

// Encoder is a frozen network on an engine. Encode, Forward and Hash may be
// called from several goroutines.
type Encoder struct {
	model model.Config
	taps  []string       // of the network, besides f1
	turn  parallel.Turns // for one: at state and what is compiled against it
	state engine.State
}

// NewEncoder puts the encoder of a network on an engine.
func NewEncoder(e engine.Engine, m model.Config, weights Weights) (*Encoder, error) {
	return newEncoder(e, m, weights)
}

// newEncoder puts on an engine the layers that lead to f1 and to further taps.
func newEncoder(e engine.Engine, m model.Config, weights Weights, taps ...string) (*Encoder, error) {
	taps = append([]string{"f1"}, taps...)
	vars := variables(m, taps)
	if err := weights.Fit(vars); err != nil {
		return nil, fmt.Errorf("eval: encoder: %w", err)
	}
	state, err := e.NewState(graph.Frozen(vars), engine.Options{})
	if err != nil {
		return nil, fmt.Errorf("eval: encoder: %w", err)
	}
	if err := weights.Set(state, vars); err != nil {
		state.Close()
		return nil, fmt.Errorf("eval: encoder: %w", err)
	}
	return &Encoder{m, taps, make(parallel.Turns, 1), state}, nil
}

// variables are those that the taps depend on, in the order of an encoder's state.
func variables(m model.Config, taps []string) []graph.Var {
	return graph.Variables(m.Encode(taps...), m.Refresh(taps...))
}

// Close frees the engine's memory.
func (e *Encoder) Close() error { return e.state.Close() }

// Refresh moves BatchNorm's running statistics towards those of plain images,
// batch after batch: training left those of augmented ones. Every image is used
// once before any is used again, in an order drawn from the seed. It needs two
// images: a single one has no variance.
func (e *Encoder) Refresh(ctx context.Context, images *Images, c RefreshConfig) error {
	batch := c.batch(images.Len())
	if batch < 2 && c.Batches > 0 {
		return fmt.Errorf("eval: BatchNorm statistics cannot be taken from %d image: give at least 2", batch)
	}
	bound, exec, err := e.compile(e.model.Refresh(e.taps...), batch)
	if err != nil {
		return fmt.Errorf("eval: refresh: %w", err)
	}
	defer exec.Close()
	config := images.loaderConfig(batch)
	config.Seed = c.Seed
	loader, err := data.NewLoader(ctx, images.Dataset, config, images.newFill)
	if err != nil {
		return fmt.Errorf("eval: refresh: %w", err)
	}
	defer loader.Close()
	out := engine.Outputs(bound)
	for i := range c.Batches {
		b, err := loader.Next()
		if err != nil {
			return fmt.Errorf("eval: refresh: %w", err)
		}
		_, err = exec.Step([]tensor.Tensor{b.Views}, out, 0)
		b.Release()
		if err != nil {
			return fmt.Errorf("eval: refresh, batch %d: %w", i+1, err)
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

// batch is how many of n images are seen at a time: c.Batch, but not so many that all
// batches together are more than a few passes over the images.
func (c RefreshConfig) batch(n int) int {
	few := max(refreshLeast, refreshPasses*n/max(c.Batches, 1))
	return min(c.Batch, n, few)
}

// encodeBatch bounds the memory of encoding; rows do not depend on each other.
const encodeBatch = 100

// batchOf is how many of n images are encoded at a time.
func batchOf(n int) int { return max(1, min(encodeBatch, n)) }

// Encode returns f1 of plain images under the running statistics.
func (e *Encoder) Encode(ctx context.Context, images *Images) (feature.Features, error) {
	forward, err := e.Forward(ctx, batchOf(images.Len()))
	if err != nil {
		return feature.Features{}, err
	}
	defer forward.Close()
	return forward.Encode(ctx, images)
}

func (e *Encoder) compile(p *graph.Program, batch int) (*graph.Program, engine.Exec, error) {
	bound, err := p.Bind(batch, 0, 0)
	if err != nil {
		return nil, nil, err
	}
	exec, err := e.state.Compile(bound)
	return bound, exec, err
}
