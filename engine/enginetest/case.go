package enginetest

import (
	"fmt"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/internal/sample"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/tensor"
)

// testCase is a small program with the operation under test.
type testCase struct {
	name  string
	build func(s *sketch)
	slack float64 // factor on the bounds of Options; 0: 1. The case says why
	rows  int     // that a program of any number of rows is bound to
}

// table is all cases.
func table() []testCase {
	var all []testCase
	for _, part := range [][]testCase{
		inputCases(), convCases(), linearCases(), fusionCases(), blockCases(), normCases(),
		shapeCases(), flowCases(), xentCases(), nceCases(), mixtureCases(), networkCases(),
	} {
		all = append(all, part...)
	}
	return all
}

// sketch is a Builder that also knows how to fill the inputs.
type sketch struct {
	*graph.Builder
	fills   map[string]fill
	counts  map[string]bool // outputs that are shares of a count
	noStops bool            // StopGrad is left out
}

// fill sets an input to random values.
type fill func(s *rng.Stream, t tensor.Tensor)

// input is a float32 input of random values in ±1.
func (s *sketch) input(name string, shape ...int) graph.ValueID {
	s.fills[name] = uniform
	return s.Input(name, graph.Input{}, shape...)
}

// images is a uint8 input with the statistics of CIFAR-10.
func (s *sketch) images(name string, n, h, w int) graph.ValueID {
	s.fills[name] = bytes
	return s.Input(name, graph.Input{
		DType: tensor.Uint8,
		Mean:  []float32{0.4914, 0.4824, 0.4467},
		Std:   []float32{0.2471, 0.2435, 0.2616},
	}, n, h, w, 3)
}

// indices is an int32 input of random numbers in [0, below).
func (s *sketch) indices(name string, n, below int) graph.ValueID {
	s.fills[name] = func(r *rng.Stream, t tensor.Tensor) {
		for i := range t.I32 {
			t.I32[i] = int32(r.IntN(below))
		}
	}
	return s.Input(name, graph.Input{DType: tensor.Int32}, n)
}

// labels is an int32 input of random classes, and −1 in every skip-th row.
func (s *sketch) labels(name string, n, classes, skip int) graph.ValueID {
	s.fills[name] = func(r *rng.Stream, t tensor.Tensor) {
		for i := range t.I32 {
			t.I32[i] = int32(r.IntN(classes))
			if skip > 0 && i%skip == 0 {
				t.I32[i] = -1
			}
		}
	}
	return s.Input(name, graph.Input{DType: tensor.Int32}, n)
}

// mask is a dropout mask that keeps with probability 1 − p.
func (s *sketch) mask(name string, p float64, shape ...int) graph.ValueID {
	s.fills[name] = func(r *rng.Stream, t tensor.Tensor) {
		for i := range t.F32 {
			if r.Bool(1 - p) {
				t.F32[i] = 1
			}
		}
	}
	return s.Input(name, graph.Input{}, shape...)
}

// source is a value of the given shape whose gradient can be read: its rows are
// the rows of the weight name.weight.
func (s *sketch) source(name string, shape ...int) graph.ValueID {
	return s.rowsOf(name, shape[0], shape[0], shape[1:])
}

// shared is a source in a program of any number of rows, which will be bound to n or
// to some of them.
func (s *sketch) shared(name string, n int, row ...int) graph.ValueID {
	return s.rowsOf(name, graph.Any, n, row)
}

func (s *sketch) rowsOf(name string, rows, n int, row []int) graph.ValueID {
	s.fills[name+".identity"] = identity
	one := s.Input(name+".identity", graph.Input{}, rows, n)
	x := s.Linear(name, one, graph.Linear{Out: tensor.Size(row)}, unit())
	return s.Reshape(name+".shaped", x, row...)
}

// StopGrad lets no gradient back, unless the case is built without.
func (s *sketch) StopGrad(name string, x graph.ValueID) graph.ValueID {
	if s.noStops {
		return x
	}
	return s.Builder.StopGrad(name, x)
}

// score makes y an output and adds a loss with a different derivative by each
// of its elements.
func (s *sketch) score(name string, y graph.ValueID, weight float64) {
	shape := s.Shape(y)
	classes := tensor.Size(shape[1:])
	rows := s.Reshape(name+".rows", y, classes)
	labels := s.labels(name+".labels", shape[0], classes, 0)
	clip := 10.0
	if classes == 1 { // its loss is 0: what rounding makes of a clip cannot be compared with that
		clip = 0
	}
	loss, penalty, _ := s.SoftmaxXent(name+".xent", rows, labels, clip)
	s.Output(name, y)
	s.lose(name+".loss", loss, weight)
	s.lose(name+".penalty", penalty, weight/2)
}

// lose adds a term to the loss and makes it an output.
func (s *sketch) lose(name string, v graph.ValueID, weight float64) {
	s.Loss(v, weight)
	s.Output(name, v)
}

// count makes a share, as of rows or scores above a threshold, an output.
func (s *sketch) count(name string, v graph.ValueID) {
	s.counts[name] = true
	s.Output(name, v)
}

// unit initialises values with variance 1, gain weights that keep the variance.
func unit() graph.Init { return graph.Uniform(1.7320508) } // ±√3

func gain() graph.Init { return graph.Init{Rule: graph.FanInUniform, Bound: 1.7320508} }

// trial is a case with its data: what the engines under comparison are given.
type trial struct {
	name   string
	p      *graph.Program
	in     []tensor.Tensor
	vars   map[string][]float32
	counts map[string]bool
	slack  float64
	seed   uint64
}

// withoutLoss is the same program for inference alone: an engine may keep less.
func (t *trial) withoutLoss() *trial {
	bare, p := *t, *t.p
	p.Loss = nil
	bare.p = &p
	return &bare
}

// sketch builds the program of the case.
func (c testCase) sketch() *sketch {
	s := &sketch{Builder: graph.NewBuilder(c.name), fills: map[string]fill{}, counts: map[string]bool{}}
	c.build(s)
	return s
}

// program is that of a sketch, bound to rows unless they are 0.
func (s *sketch) program(rows int) *graph.Program {
	p := s.Program()
	if rows == 0 {
		return p
	}
	bound, err := p.Bind(rows, 0, 0)
	if err != nil {
		panic(fmt.Sprintf("enginetest: %v", err))
	}
	return bound
}

// trial builds the case and draws its inputs and variables.
func (c testCase) trial(seed uint64) *trial {
	s := c.sketch()
	tr := &trial{
		name: c.name, p: s.program(c.rows), vars: map[string][]float32{}, counts: s.counts,
		slack: max(c.slack, 1), seed: seed,
	}
	tr.in = engine.Inputs(tr.p)
	for i, id := range tr.p.Inputs {
		v := tr.p.Values[id]
		f, ok := s.fills[v.Name]
		if !ok {
			panic(fmt.Sprintf("enginetest: %s: input %s has no fill", c.name, v.Name))
		}
		r := tr.stream(v.Name)
		f(&r, tr.in[i])
	}
	for _, v := range tr.p.Vars {
		r := tr.stream(v.Name)
		tr.vars[v.Name] = sample.Variable(&r, v)
	}
	return tr
}
