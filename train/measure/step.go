package measure

import (
	"context"
	"slices"
	"time"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/optim"
	"github.com/amdim/amdim/tensor"
)

// Step runs a program on made-up inputs; its state is thrown away.
type Step struct {
	State   engine.State
	exec    engine.Exec
	in, out []tensor.Tensor
	next    []tensor.Tensor // inputs of the update after this one, if known
	images  int             // index in in; −1: none
}

// NewStep makes the state of a program. Weights are zero: products take just as long.
func NewStep(e engine.Engine, p *graph.Program, adam optim.Adam) (*Step, error) {
	s, err := e.NewState(graph.Variables(p), engine.Options{Adam: adam})
	if err != nil {
		return nil, err
	}
	return &Step{State: s}, nil
}

// Compile prepares a program, whose activations replace those of the previous program.
func (s *Step) Compile(p *graph.Program) error {
	if s.exec != nil {
		s.exec.Close()
	}
	s.exec, s.in, s.out = nil, nil, nil
	var err error
	if s.exec, err = s.State.Compile(p); err != nil {
		return err
	}
	s.in, s.out, s.images = inputs(p), engine.Outputs(p), -1
	s.next = s.in
	for i, id := range p.Inputs {
		if p.Values[id].Name == "images" {
			s.images = i
		}
	}
	return nil
}

// Close frees the state.
func (s *Step) Close() {
	if s.exec != nil {
		s.exec.Close()
	}
	s.State.Close()
}

// Update makes one update and returns its time in seconds.
func (s *Step) Update(ctx context.Context) (float64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	const lr = 1e-6 // keeps the weights where every number is finite
	began := time.Now()
	if ahead, ok := s.exec.(engine.Ahead); ok && s.next != nil {
		ahead.Next(s.next)
	}
	_, err := s.exec.Step(s.in, s.out, lr)
	return time.Since(began).Seconds(), err
}

// feed makes b the images of this update, and next those of the one after it, if
// they are ready.
func (s *Step) feed(b, next *data.Batch) {
	s.in, s.next = s.with(b), nil
	if next != nil {
		s.next = s.with(next)
	}
}

// with returns the inputs with the images of b.
func (s *Step) with(b *data.Batch) []tensor.Tensor {
	in := slices.Clone(s.in)
	in[s.images] = b.Views
	return in
}

// warm is how many updates do not count: a GPU's libraries choose their kernels
// during the first.
func (s *Step) warm() int {
	if _, ok := s.exec.(engine.Ahead); ok {
		return 5
	}
	return 1
}

// forward makes one forward pass and returns its time in seconds.
func (s *Step) forward(ctx context.Context) (float64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	began := time.Now()
	err := s.exec.Forward(s.in, s.out)
	return time.Since(began).Seconds(), err
}

// inputs returns the program's inputs, drawn once: their values do not affect
// how long it runs.
func inputs(p *graph.Program) []tensor.Tensor {
	in := engine.Inputs(p) // labels and locations: 0 is valid for both
	for _, x := range in {
		Noise(x.U8)
		for j := range x.F32 { // masks: nothing is dropped
			x.F32[j] = 1
		}
	}
	return in
}

// Noise fills pixels with random values.
func Noise(pix []uint8) {
	s := rng.New(0, 0, 0, rng.Sample)
	for i := range pix {
		pix[i] = uint8(s.Uint32())
	}
}

// Median returns the median of one or more numbers.
func Median(x []float64) float64 {
	s := slices.Sorted(slices.Values(x))
	return (s[len(s)/2] + s[(len(s)-1)/2]) / 2
}
