package encoder

import (
	"context"
	"errors"
	"fmt"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/feature"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/model"
)

// Encoder is a frozen network on an engine. Encode, Forward, Hash and WeightsHash may be
// called from several goroutines.
type Encoder struct {
	model model.Config
	taps  []string       // of the network, besides f1
	turn  parallel.Turns // for one: at state and what is compiled against it
	state engine.State
}

// New puts a network on an engine: the layers that lead to f1 and to further taps, whose
// statistics Refresh takes, too.
func New(e engine.Engine, m model.Config, weights Weights, taps ...string) (*Encoder, error) {
	switch {
	case e == nil:
		return nil, errors.New("encoder: the engine is nil: give one, such as cpu.New returns")
	case weights == nil:
		return nil, errors.New("encoder: the weights are nil: give those of Trained or Random")
	}
	taps = withF1(taps)
	vars := variables(m, taps)
	if err := weights.Fit(vars); err != nil {
		return nil, fmt.Errorf("encoder: %w", err)
	}
	state, err := e.NewState(graph.Frozen(vars), engine.Options{})
	if err != nil {
		return nil, fmt.Errorf("encoder: %w", err)
	}
	if err := weights.Set(state, vars); err != nil {
		state.Close()
		return nil, fmt.Errorf("encoder: %w", err)
	}
	return &Encoder{m, taps, make(parallel.Turns, 1), state}, nil
}

// withF1 are the taps of an encoder, given those besides f1.
func withF1(taps []string) []string { return append([]string{"f1"}, taps...) }

// variables are those that the taps depend on, in the order of an encoder's state.
func variables(m model.Config, taps []string) []graph.Var {
	return graph.Variables(m.Encode(taps...), m.Refresh(taps...))
}

// Close frees the engine's memory.
func (e *Encoder) Close() error { return e.state.Close() }

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

// Compile compiles a bound program over the encoder's variables: another part of the same
// network, such as its trunk, or f1 with the statistics of each batch.
func (e *Encoder) Compile(bound *graph.Program) (engine.Exec, error) { return e.state.Compile(bound) }

func (e *Encoder) compile(p *graph.Program, batch int) (*graph.Program, engine.Exec, error) {
	bound, err := p.Bind(batch, 0, 0)
	if err != nil {
		return nil, nil, err
	}
	exec, err := e.state.Compile(bound)
	return bound, exec, err
}
