package enginetest

import (
	"math"
	"strings"
	"testing"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/ref"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/tensor"
)

// liar is the reference with one mistake.
type liar struct {
	ref.Engine
	out  func(out []tensor.Tensor)
	grad func(d map[string][]float32)
	step func(s engine.State)
}

func (l liar) NewState(vars []graph.Var, o engine.Options) (engine.State, error) {
	s, err := l.Engine.NewState(vars, o)
	return liarState{s, l}, err
}

type liarState struct {
	engine.State
	liar liar
}

func (s liarState) Compile(p *graph.Program) (engine.Exec, error) {
	e, err := s.State.Compile(p)
	return liarExec{e, s}, err
}

type liarExec struct {
	engine.Exec
	state liarState
}

func (e liarExec) Forward(in, out []tensor.Tensor) error {
	err := e.Exec.Forward(in, out)
	if e.state.liar.out != nil {
		e.state.liar.out(out)
	}
	return err
}

func (e liarExec) Grad(in, out []tensor.Tensor, d map[string][]float32) error {
	err := e.Exec.Grad(in, out, d)
	if e.state.liar.grad != nil {
		e.state.liar.grad(d)
	}
	return err
}

func (e liarExec) Step(in, out []tensor.Tensor, lr float32) (engine.StepStats, error) {
	st, err := e.Exec.Step(in, out, lr)
	if e.state.liar.step != nil {
		e.state.liar.step(e.state.State)
	}
	return st, err
}

// scaleFirst multiplies the first number of an entry.
func scaleFirst(s engine.State, name string, by float32) {
	s.Each(func(n string, v []float32) error {
		if n == name {
			w := append([]float32{}, v...)
			w[0] *= by
			return s.Set(n, w)
		}
		return nil
	})
}

func TestCompareFindsOneWrongNumber(t *testing.T) {
	conv := graph.Conv2D{Out: 7, K: 3, Stride: 1, Bias: true}
	c := testCase{name: "conv batchnorm", build: func(s *sketch) {
		x := s.Conv2D("conv", s.source("x", 4, 5, 5, 3), conv, gain())
		s.score("y", s.BatchNorm("bn", x, batchNorm(graph.BatchUpdate, 2)), 1)
	}}
	out := func(f func(v []float32)) liar { return liar{out: func(out []tensor.Tensor) { f(out[0].F32) }} }
	step := func(entry string, by float32) liar {
		return liar{step: func(s engine.State) { scaleFirst(s, entry, by) }}
	}
	for _, l := range []struct {
		name, want string
		liar       liar
	}{
		{"output", "forward: output y", out(func(v []float32) { v[5] *= 1.001 })},
		{"NaN", "forward: output y", out(func(v []float32) { v[5] = float32(math.NaN()) })},
		{"gradient", "gradient by conv.weight", liar{grad: func(d map[string][]float32) {
			d["conv.weight"][5] *= 1.01
		}}},
		{"weight", "first update: change of conv.weight", step("conv.weight", 1.001)},
		{"moment", "first update: bn.bias#v", step("bn.bias#v", 1.001)},
		{"count", "first update: conv.bias#t", step("conv.bias#t", 2)},
		{"statistic", "first update: change of bn.var", step("bn.var", 1.001)},
	} {
		errs := compare(t, l.liar, c.trial(1), Options{}.withDefaults())
		if len(errs) == 0 || !strings.HasPrefix(errs[0].Error(), l.want) {
			t.Errorf("%s: a liar is told %v, want %s", l.name, errs, l.want)
		}
	}
	if errs := compare(t, liar{}, c.trial(1), Options{}.withDefaults()); len(errs) > 0 {
		t.Errorf("the honest reference is told %v", errs)
	}
}

func TestNMSEOfWorkedNumbers(t *testing.T) {
	d := &differ{}
	d.check("x", []float32{3, 4.5}, []float32{3, 4}, 0.01, 0) // 0.25/25
	d.check("x", []float32{0, 0}, []float32{0, 0}, 1e-300, 0)
	d.check("x", []float32{1, 0}, []float32{0, 0}, 0.5, 1) // 1 against two ones
	if len(d.errs) != 0 {
		t.Fatalf("told %v", d.errs)
	}
	d.check("x", []float32{3, 4.5}, []float32{3, 4}, 0.0099, 0)
	want := "x: NMSE 0.01, bound 0.0099; worst at 1 of 2: got 4.5, want 4"
	if len(d.errs) != 1 || d.errs[0].Error() != want {
		t.Errorf("told %v", d.errs)
	}
}
