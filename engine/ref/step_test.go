package ref_test

import (
	"math"
	"slices"
	"testing"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/ref"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/optim"
	"github.com/amdim/amdim/tensor"
)

// logistic has two classes, three features and a bias in a group of its own.
func logistic(t *testing.T, o engine.Options) (*ref.State, *ref.Exec, []tensor.Tensor) {
	t.Helper()
	b := graph.NewBuilder("logistic")
	x := b.Input("x", graph.Input{}, 2, 3)
	labels := b.Input("labels", graph.Input{DType: tensor.Int32}, 2)
	b.Group("slow")
	x = b.Linear("first", x, graph.Linear{Out: 3}, graph.Zeros())
	b.Group("")
	loss, _, _ := b.SoftmaxXent("xent", b.Linear("last", x, graph.Linear{Out: 2}, graph.Zeros()), labels, 10)
	b.Loss(loss, 1)
	b.Output("loss", loss)
	s, err := ref.New().NewState(b.Program().Vars, o)
	if err != nil {
		t.Fatal(err)
	}
	e, err := s.Compile(b.Program())
	if err != nil {
		t.Fatal(err)
	}
	in := []tensor.Tensor{tensor.NewFloat32(2, 3), tensor.NewInt32(2)}
	copy(in[0].F32, []float32{1, -2, 0.5, 0.25, 1, -1})
	in[1].I32[1] = 1
	return s.(*ref.State), e.(*ref.Exec), in
}

// Weights of thirds, which float32 cannot hold, move as optim says in float64,
// each by the rule of its group.
func TestStep64IsAdamInFloat64(t *testing.T) {
	slow := optim.Group{LRScale: 0.1, Adam: optim.Adam{Beta1: 0.9, Beta2: 0.99, Eps: 1e-3}}
	fast := optim.Group{LRScale: 1, Adam: optim.DefaultAdam()}
	s, e, in := logistic(t, engine.Options{Adam: fast.Adam, Groups: map[string]optim.Group{"slow": slow}})
	type adam struct{ w, m, v []float64 }
	want := map[string]*adam{}
	for name, n := range map[string]int{"first.weight": 9, "last.weight": 6} {
		a := &adam{make([]float64, n), make([]float64, n), make([]float64, n)}
		for i := range a.w {
			a.w[i] = float64(i-3) / 3
		}
		want[name] = a
		if err := s.Set64(name, a.w); err != nil {
			t.Fatal(err)
		}
	}
	for step := 1; step <= 3; step++ {
		_, d, err := e.Grad64(in)
		if err != nil {
			t.Fatal(err)
		}
		out, st, err := e.Step64(in, 0.01)
		if err != nil {
			t.Fatal(err)
		}
		if before, err := e.Forward64(in); err != nil || before["loss"][0] >= out["loss"][0] {
			t.Errorf("step %d: loss %g and after it %g (%v)", step, out["loss"][0], before["loss"][0], err)
		}
		var square float64
		for name, group := range map[string]optim.Group{"first.weight": slow, "last.weight": fast} {
			a := want[name]
			optim.Update(group.Adam, a.w, a.m, a.v, d[name], 0.01*group.LRScale, step)
			for _, g := range d[name] {
				square += g * g
			}
			for entry, v := range map[string][]float64{
				name: a.w, graph.SlotM(name): a.m, graph.SlotV(name): a.v, graph.SlotT(name): {float64(step)},
			} {
				if got, err := s.Get64(entry); err != nil || !slices.Equal(got, v) {
					t.Errorf("step %d: %s is %v (%v), want %v", step, entry, got, err, v)
				}
			}
		}
		if !(math.Abs(st.GradNorm-math.Sqrt(square)) <= 1e-14) {
			t.Errorf("step %d: gradient norm %g, want %g", step, st.GradNorm, math.Sqrt(square))
		}
	}
}

func TestAccessIn64Bits(t *testing.T) {
	s, _, _ := logistic(t, engine.Options{})
	third := slices.Repeat([]float64{1.0 / 3}, 9)
	if err := s.Set64("first.weight", third); err != nil {
		t.Fatal(err)
	}
	got, err := s.Get64("first.weight")
	if err != nil || !slices.Equal(got, third) {
		t.Errorf("got %v (%v)", got, err)
	}
	got[0] = 7
	if again, _ := s.Get64("first.weight"); again[0] != third[0] {
		t.Error("Get64 hands out the entry and not a copy")
	}
	if _, err := s.Get64("nobody"); err == nil {
		t.Error("Get64 of an unknown name gives no error")
	}
	if s.Set64("first.weight", third[1:]) == nil {
		t.Error("Set64 of a wrong length gives no error")
	}
}
