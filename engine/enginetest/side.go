package enginetest

import (
	"math"
	"slices"
	"testing"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/internal/sample"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/tensor"
)

// side is one of the engines under comparison, at work on a trial.
type side struct {
	tr    *trial
	state engine.State
	exec  engine.Exec
	out   []tensor.Tensor
}

// open makes a state with the trial's variables and compiles its program.
func open(t testing.TB, eng engine.Engine, tr *trial, o engine.Options) *side {
	t.Helper()
	s := &side{tr: tr, out: engine.Outputs(tr.p)}
	var err error
	if s.state, err = eng.NewState(tr.p.Vars, o); err != nil {
		t.Fatalf("%s: new state: %v", eng.Name(), err)
	}
	for _, v := range tr.p.Vars {
		s.set(t, v.Name, tr.vars[v.Name])
	}
	if s.exec, err = s.state.Compile(tr.p); err != nil {
		t.Fatalf("%s: %v", eng.Name(), err)
	}
	t.Cleanup(func() {
		if err := s.exec.Close(); err != nil {
			t.Errorf("%s: close exec: %v", eng.Name(), err)
		}
		if err := s.state.Close(); err != nil {
			t.Errorf("%s: close state: %v", eng.Name(), err)
		}
	})
	return s
}

func (s *side) set(t testing.TB, name string, v []float32) {
	t.Helper()
	if err := s.state.Set(name, v); err != nil {
		t.Fatalf("set %s: %v", name, err)
	}
}

func (s *side) forward(t testing.TB) {
	t.Helper()
	s.spoil()
	if err := s.exec.Forward(s.tr.in, s.out); err != nil {
		t.Fatalf("forward: %v", err)
	}
}

// grad returns the gradients by all variables. The engine is given slices of
// NaN: what it does not set is seen.
func (s *side) grad(t testing.TB) map[string][]float32 {
	t.Helper()
	s.spoil()
	d := map[string][]float32{}
	for _, v := range s.tr.p.Vars {
		if v.Trainable {
			d[v.Name] = spoiled(tensor.Size(v.Shape))
		}
	}
	if err := s.exec.Grad(s.tr.in, s.out, d); err != nil {
		t.Fatalf("grad: %v", err)
	}
	return d
}

// step returns the norm of the gradient.
func (s *side) step(t testing.TB, lr float32) float64 {
	t.Helper()
	s.spoil()
	st, err := s.exec.Step(s.tr.in, s.out, lr)
	if err != nil {
		t.Fatalf("step: %v", err)
	}
	return st.GradNorm
}

// spoil fills the outputs with NaN, so that those of an earlier call are gone.
func (s *side) spoil() {
	for _, o := range s.out {
		copy(o.F32, spoiled(len(o.F32)))
	}
}

func spoiled(n int) []float32 { return slices.Repeat([]float32{float32(math.NaN())}, n) }

// entry is one entry of a state.
type entry struct {
	name string
	v    []float32
}

// entries copies the state.
func (s *side) entries(t testing.TB) []entry {
	t.Helper()
	var all []entry
	err := s.state.Each(func(name string, v []float32) error {
		all = append(all, entry{name, slices.Clone(v)})
		return nil
	})
	if err != nil {
		t.Fatalf("each: %v", err)
	}
	return all
}

// delta is after − before for variables, and after for Adam's entries.
func delta(before, after []entry) map[string][]float32 {
	d := map[string][]float32{}
	for i, e := range after {
		v := slices.Clone(e.v)
		if !graph.IsSlot(e.name) {
			for j := range v {
				v[j] -= before[i].v[j]
			}
		}
		d[e.name] = v
	}
	return d
}

// setMoments gives Adam a past on all sides: 400 updates, and moments of the
// size of the gradients d. From zero moments an update would only tell the
// signs of the gradient, and those of small elements are noise.
func setMoments(t testing.TB, tr *trial, d map[string][]float32, sides ...*side) {
	t.Helper()
	floor := 0.1 * sample.Largest(d) // well above the noise in gradients that are zero
	for _, v := range tr.p.Vars {
		if !v.Trainable {
			continue
		}
		size := max(sample.RMS(d[v.Name]), floor)
		r := tr.stream("moments of " + v.Name)
		m, sq := make([]float32, len(d[v.Name])), make([]float32, len(d[v.Name]))
		for i := range m {
			m[i] = float32(size * r.Uniform(-1, 1))
			sq[i] = float32(size * size * r.Uniform(0.5, 1.5))
		}
		for _, s := range sides {
			s.set(t, graph.SlotM(v.Name), m)
			s.set(t, graph.SlotV(v.Name), sq)
			s.set(t, graph.SlotT(v.Name), []float32{400})
		}
	}
}
