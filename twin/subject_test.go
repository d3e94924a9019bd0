package twin

import (
	"testing"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/cpu"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/kernel"
	"github.com/amdim/amdim/optim"
	"github.com/amdim/amdim/tensor"
)

// subject is an engine and how close it must come. Errors are relative: the
// norm of the difference by the norm of the tensor.
type subject struct {
	name   string
	open   func(t *testing.T, vars []graph.Var) state
	tol    float64 // losses, features and statistics
	grad   float64 // each gradient; 0: cosine only
	cosine float64 // least cosine of each gradient with the golden one
	change float64 // one update of each variable; 0: not compared
	steps  float64 // the losses of ten steps; 0: not compared
	golden string  // which ten losses: losses64 or losses32
}

// state runs programs over one set of variables, in float64 outside.
type state interface {
	set(t *testing.T, name string, v []float64)
	value(t *testing.T, name string) []float64
	compile(t *testing.T, p *graph.Program) exec
}

type exec interface {
	forward(t *testing.T, in []tensor.Tensor) map[string][]float64
	grad(t *testing.T, in []tensor.Tensor) (out, d map[string][]float64)
	step(t *testing.T, in []tensor.Tensor, lr float64) map[string][]float64
}

// subjects are the engines of this machine: ref, and every kernel set of cpu.
func subjects() []subject {
	all := []subject{{
		name: "ref", open: openRef,
		tol: 1e-9, grad: 1e-9, change: 1e-9, steps: 1e-9, golden: "losses64",
	}}
	sets := kernel.Sets()
	if testing.Short() {
		sets = sets[len(sets)-1:]
	}
	for _, set := range sets {
		f32 := cpu.Config{Kernel: set.Name, Precision: cpu.F32}
		bf16 := cpu.Config{Kernel: set.Name, Precision: cpu.BF16}
		all = append(all,
			subject{
				name: "cpu f32 " + set.Name, open: openCPU(f32),
				// The change of a weight carries the rounding of the weight itself:
				// 2⁻²⁵ of up to 1 against an update of 2e-4.
				tol: 1e-5, grad: 1e-4, change: 1e-2, steps: 1e-5, golden: "losses32",
			},
			subject{
				// bf16 keeps 8 bits: 0.4 % per rounding, about twenty in a row.
				name: "cpu bf16 " + set.Name, open: openCPU(bf16),
				tol: 5e-2, cosine: 0.995,
			})
	}
	return all
}

func options() engine.Options { return engine.Options{Adam: optim.DefaultAdam()} }

func openCPU(c cpu.Config) func(*testing.T, []graph.Var) state {
	return func(t *testing.T, vars []graph.Var) state {
		t.Helper()
		e, err := cpu.New(c)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(e.Close)
		s, err := e.NewState(vars, options())
		if err != nil {
			t.Fatal(err)
		}
		return single{s}
	}
}

// single drives an engine through its float32 interface.
type single struct{ engine.State }

func (s single) set(t *testing.T, name string, v []float64) {
	t.Helper()
	if err := s.Set(name, float32s(v)); err != nil {
		t.Fatal(err)
	}
}

func (s single) value(t *testing.T, name string) []float64 {
	t.Helper()
	var found []float64
	err := s.Each(func(n string, v []float32) error {
		if n == name {
			found = float64s(v)
		}
		return nil
	})
	if err != nil || found == nil {
		t.Fatalf("value of %s: %v", name, err)
	}
	return found
}

func (s single) compile(t *testing.T, p *graph.Program) exec {
	t.Helper()
	e, err := s.Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	return singleExec{e, p}
}

type singleExec struct {
	engine.Exec
	p *graph.Program
}

func (e singleExec) forward(t *testing.T, in []tensor.Tensor) map[string][]float64 {
	t.Helper()
	out := engine.Outputs(e.p)
	if err := e.Forward(in, out); err != nil {
		t.Fatal(err)
	}
	return e.named(out)
}

func (e singleExec) grad(t *testing.T, in []tensor.Tensor) (out, d map[string][]float64) {
	t.Helper()
	res, g := engine.Outputs(e.p), map[string][]float32{}
	for _, v := range e.p.Vars {
		if v.Trainable {
			g[v.Name] = make([]float32, tensor.Size(v.Shape))
		}
	}
	if err := e.Grad(in, res, g); err != nil {
		t.Fatal(err)
	}
	d = map[string][]float64{}
	for name, v := range g {
		d[name] = float64s(v)
	}
	return e.named(res), d
}

func (e singleExec) step(t *testing.T, in []tensor.Tensor, lr float64) map[string][]float64 {
	t.Helper()
	out := engine.Outputs(e.p)
	if _, err := e.Step(in, out, float32(lr)); err != nil {
		t.Fatal(err)
	}
	return e.named(out)
}

func (e singleExec) named(out []tensor.Tensor) map[string][]float64 {
	m := map[string][]float64{}
	for i, o := range e.p.Outputs {
		m[o.Name] = float64s(out[i].F32)
	}
	return m
}
