package enginetest

import (
	"slices"
	"testing"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/tensor"
)

func testWrongCalls(t *testing.T, eng engine.Engine, o Options) {
	tr := small.trial(o.Seed)
	s := open(t, eng, tr, adam)
	before := s.entries(t)
	d := map[string][]float32{}
	for _, c := range []struct {
		name    string
		in, out []tensor.Tensor
	}{
		{"no inputs", nil, s.out},
		{"no outputs", tr.in, nil},
		{"one input more", append(slices.Clone(tr.in), tensor.NewFloat32(1)), s.out},
		{"another batch size", with(tr.in, 0, tensor.NewUint8(5, 5, 5, 3)), s.out},
		{"transposed", with(tr.in, 0, tensor.NewUint8(6, 3, 5, 5)), s.out},
		{"another type", with(tr.in, 0, tensor.NewFloat32(6, 5, 5, 3)), s.out},
		{"shape without data", with(tr.in, 0, tensor.Tensor{Shape: tr.in[0].Shape, DType: tensor.Uint8}), s.out},
		{"output of another shape", tr.in, with(s.out, 0, tensor.NewFloat32(4, 3))},
	} {
		if s.exec.Forward(c.in, c.out) == nil {
			t.Errorf("%s: Forward gives no error", c.name)
		}
		if s.exec.Grad(c.in, c.out, d) == nil {
			t.Errorf("%s: Grad gives no error", c.name)
		}
		if _, err := s.exec.Step(c.in, c.out, lr); err == nil {
			t.Errorf("%s: Step gives no error", c.name)
		}
	}
	if s.exec.Grad(tr.in, s.out, map[string][]float32{"nobody": {0}}) == nil {
		t.Error("the gradient by an unknown variable gives no error")
	}
	if s.exec.Grad(tr.in, s.out, map[string][]float32{"probe.weight": {0}}) == nil {
		t.Error("a gradient of another length gives no error")
	}
	sameEntries(t, "a wrong call", before, s.entries(t))
	testOtherProgram(t, s)
}

// testOtherProgram: the state has variables that a program does not, and no gradient by
// them.
func testOtherProgram(t *testing.T, s *side) {
	b := graph.NewBuilder("part")
	b.Output("y", b.Linear("idle", b.Input("x", graph.Input{}, 2, 63), graph.Linear{Out: 3, Bias: true}, gain()))
	p := b.Program()
	exec, err := s.state.Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	defer exec.Close()
	in := []tensor.Tensor{tensor.NewFloat32(2, 63)}
	for name, wrong := range map[string]bool{"idle.bias": false, "probe.weight": true} {
		d := map[string][]float32{name: make([]float32, len(s.tr.vars[name]))}
		if err := exec.Grad(in, engine.Outputs(p), d); (err != nil) != wrong {
			t.Errorf("Grad by %s returns %v, want an error: %t", name, err, wrong)
		}
	}
}

func testWrongIntegers(t *testing.T, eng engine.Engine, o Options) {
	c := testCase{name: "integers", build: func(s *sketch) {
		x := s.Gather("gather", s.source("x", 4, 2, 3, 5), s.indices("at", 4, 6))
		loss, _, _ := s.SoftmaxXent("xent", x, s.labels("labels", 4, 5, 0), 10)
		s.lose("loss", loss, 1)
	}}
	for _, wrong := range []struct {
		input string
		value int32
	}{{"at", -1}, {"at", 6}, {"labels", -2}, {"labels", 5}} {
		tr := c.trial(o.Seed)
		s := open(t, eng, tr, adam)
		before := s.entries(t)
		tr.in[tr.p.Input(wrong.input)].I32[2] = wrong.value
		if s.exec.Forward(tr.in, s.out) == nil {
			t.Errorf("%d among %s: Forward gives no error", wrong.value, wrong.input)
		}
		if _, err := s.exec.Step(tr.in, s.out, lr); err == nil {
			t.Errorf("%d among %s: Step gives no error", wrong.value, wrong.input)
		}
		sameEntries(t, "a call with wrong integers", before, s.entries(t))
	}
}

// with is in with tensor i replaced.
func with(in []tensor.Tensor, i int, t tensor.Tensor) []tensor.Tensor {
	in = slices.Clone(in)
	in[i] = t
	return in
}

func testWrongPrograms(t *testing.T, eng engine.Engine, _ Options) {
	linear := func(rows, out int) *graph.Program {
		b := graph.NewBuilder("linear")
		x := b.Input("x", graph.Input{}, rows, 3)
		b.Output("y", b.Linear("linear", x, graph.Linear{Out: out}, gain()))
		return b.Program()
	}
	s, err := eng.NewState(linear(2, 5).Vars, adam)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Compile(linear(2, 5)); err != nil {
		t.Errorf("compile: %v", err)
	}
	if _, err := s.Compile(linear(graph.Any, 5)); err == nil {
		t.Error("a program that is not bound gives no error")
	}
	if _, err := s.Compile(linear(2, 4)); err == nil {
		t.Error("a variable of another shape gives no error")
	}
	b := graph.NewBuilder("other")
	b.Output("y", b.Linear("other", b.Input("x", graph.Input{}, 2, 3), graph.Linear{Out: 5}, gain()))
	if _, err := s.Compile(b.Program()); err == nil {
		t.Error("a variable that the state does not have gives no error")
	}
}
