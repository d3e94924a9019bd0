package twin

import (
	"testing"

	"github.com/amdim/amdim/engine/ref"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/tensor"
)

func openRef(t *testing.T, vars []graph.Var) state {
	t.Helper()
	s, err := ref.New().NewState(vars, options())
	if err != nil {
		t.Fatal(err)
	}
	return double{s.(*ref.State)}
}

// double drives ref in float64 throughout.
type double struct{ *ref.State }

func (s double) set(t *testing.T, name string, v []float64) {
	t.Helper()
	if err := s.Set64(name, v); err != nil {
		t.Fatal(err)
	}
}

func (s double) value(t *testing.T, name string) []float64 {
	t.Helper()
	v, err := s.Get64(name)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (s double) compile(t *testing.T, p *graph.Program) exec {
	t.Helper()
	e, err := s.Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	return doubleExec{e.(*ref.Exec)}
}

type doubleExec struct{ *ref.Exec }

// forward is that of Grad64: a program without loss has no gradient to compute.
func (e doubleExec) forward(t *testing.T, in []tensor.Tensor) map[string][]float64 {
	t.Helper()
	out, _ := e.grad(t, in)
	return out
}

func (e doubleExec) grad(t *testing.T, in []tensor.Tensor) (out, d map[string][]float64) {
	t.Helper()
	out, d, err := e.Grad64(in)
	if err != nil {
		t.Fatal(err)
	}
	return out, d
}

func (e doubleExec) step(t *testing.T, in []tensor.Tensor, lr float64) map[string][]float64 {
	t.Helper()
	out, _, err := e.Step64(in, lr)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
