package enginetest

import (
	"errors"
	"math"
	"regexp"
	"slices"
	"testing"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
)

// spoiler puts a value that is not finite into an input or a variable.
type spoiler struct {
	name    string
	program testCase
	do      func(t *testing.T, s *side)
	value   string // a regular expression of what is reported
}

var chain = testCase{name: "chain", build: func(s *sketch) {
	x := s.input("x", 6, 4, 4, 5)
	x = s.Conv2D("conv", x, graph.Conv2D{Out: 7, K: 2, Stride: 1, Bias: true}, gain())
	s.score("y", s.ReLU("relu", s.BatchNorm("bn", x, batchNorm(graph.BatchUpdate, 2))), 1)
}}

var chainRefresh = testCase{name: "refresh", build: func(s *sketch) {
	x := s.input("x", 6, 4, 4, 5)
	s.Output("y", s.BatchNorm("bn", x, batchNorm(graph.BatchUpdate, 1)))
}}

// chainOpen has no ReLU, which makes zeros of NaN, before its loss.
var chainOpen = testCase{name: "open", build: func(s *sketch) {
	x := s.input("x", 6, 4, 4, 5)
	s.score("y", s.Conv2D("conv", x, graph.Conv2D{Out: 7, K: 2, Stride: 1, Bias: true}, gain()), 1)
}}

// valueOrGradient depends on whether an engine's ReLU makes zeros of NaN.
const valueOrGradient = `its value|the gradient by conv\.(weight|bias)|the gradient by bn\.(scale|bias)`

func spoilers() []spoiler {
	input := func(v float64) func(*testing.T, *side) {
		return func(_ *testing.T, s *side) { s.tr.in[0].F32[37] = float32(v) }
	}
	weight := func(v float64) func(*testing.T, *side) {
		return func(t *testing.T, s *side) {
			w := slices.Clone(s.tr.vars["conv.weight"])
			w[3] = float32(v)
			s.set(t, "conv.weight", w)
		}
	}
	return []spoiler{
		{"NaN in the input", chain, input(math.NaN()), valueOrGradient},
		{"infinity in the input", chain, input(math.Inf(1)), valueOrGradient},
		{"NaN in a weight", chain, weight(math.NaN()), valueOrGradient},
		{"infinity in a weight", chain, weight(math.Inf(-1)), valueOrGradient},
		{"NaN in the loss", chainOpen, input(math.NaN()), "its value"},
		{"NaN in the input of a refresh", chainRefresh, input(math.NaN()), "a running statistic"},
	}
}

// testOneRow: the unbiased variance of a single row is 0/0.
func testOneRow(t *testing.T, eng engine.Engine, o Options) {
	one := testCase{name: "refresh on one row", build: func(s *sketch) {
		s.Output("y", s.BatchNorm("bn", s.input("x", 1, 5), batchNorm(graph.BatchUpdate, 1)))
	}}
	s := open(t, eng, one.trial(o.Seed), adam)
	before := s.entries(t)
	_, err := s.exec.Step(s.tr.in, s.out, lr)
	var bad *engine.NonFiniteError
	if !errors.As(err, &bad) || bad.Op != "bn" {
		t.Errorf("Step returns %v, want a *engine.NonFiniteError about bn", err)
	}
	sameEntries(t, "a step that failed", before, s.entries(t))
}

// testNonFinite also sees that Grad only computes, and that the engine works on
// afterwards.
func testNonFinite(t *testing.T, eng engine.Engine, o Options) {
	for _, c := range spoilers() {
		t.Run(c.name, func(t *testing.T) {
			s := open(t, eng, c.program.trial(o.Seed), adam)
			s.step(t, lr)
			good := s.entries(t)
			c.do(t, s)
			before := s.entries(t)
			_, err := s.exec.Step(s.tr.in, s.out, lr)
			var bad *engine.NonFiniteError
			if !errors.As(err, &bad) {
				t.Fatalf("Step returns %v, want a *engine.NonFiniteError", err)
			}
			if !slices.ContainsFunc(s.tr.p.Ops, func(op graph.Op) bool { return op.Name == bad.Op }) {
				t.Errorf("%q is no operation of the program (%v)", bad.Op, bad)
			}
			if !regexp.MustCompile("^(" + c.value + ")$").MatchString(bad.Value) {
				t.Errorf("%v, want %s", bad, c.value)
			}
			s.grad(t)
			sameEntries(t, "a step that failed", before, s.entries(t))

			s.tr = c.program.trial(o.Seed)
			fresh := open(t, eng, s.tr, adam)
			for _, e := range good {
				s.set(t, e.name, e.v)
				fresh.set(t, e.name, e.v)
			}
			s.step(t, lr)
			fresh.step(t, lr)
			sameEntries(t, "a failure in the step before", fresh.entries(t), s.entries(t))
		})
	}
}
