package ref

import (
	"fmt"
	"slices"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/optim"
	"github.com/amdim/amdim/tensor"
)

// State holds variables, BatchNorm statistics and Adam moments in float64.
type State struct {
	opt     engine.Options
	names   []string // of entries, in the order of Each
	entries map[string][]float64
	vars    []graph.Var
}

func (s *State) add(v graph.Var) {
	s.addEntry(v.Name, tensor.Size(v.Shape))
	s.vars = append(s.vars, v)
	if v.Trainable {
		s.addEntry(graph.SlotM(v.Name), tensor.Size(v.Shape))
		s.addEntry(graph.SlotV(v.Name), tensor.Size(v.Shape))
		s.addEntry(graph.SlotT(v.Name), 1)
	}
}

func (s *State) addEntry(name string, n int) {
	s.names = append(s.names, name)
	s.entries[name] = make([]float64, n)
}

// Compile prepares a bound program. The result is an *Exec.
func (s *State) Compile(p *graph.Program) (engine.Exec, error) {
	if err := engine.CheckProgram(p, s.vars); err != nil {
		return nil, err
	}
	e := &Exec{p: p, flow: p.Flow(), state: s}
	for _, v := range p.Vars {
		e.vars = append(e.vars, array{v.Shape, s.entries[v.Name]})
	}
	return e, nil
}

// Each calls f for every entry, rounded to float32; see engine.State.
func (s *State) Each(f func(name string, v []float32) error) error {
	for _, name := range s.names {
		v := make([]float32, len(s.entries[name]))
		round(v, s.entries[name])
		if err := f(name, v); err != nil {
			return err
		}
	}
	return nil
}

// Set copies v into the entry.
func (s *State) Set(name string, v []float32) error {
	wide := make([]float64, len(v))
	for i, x := range v {
		wide[i] = float64(x)
	}
	return s.Set64(name, wide)
}

// Set64 copies v into the entry.
func (s *State) Set64(name string, v []float64) error {
	e, ok := s.entries[name]
	if !ok {
		return fmt.Errorf("ref: set %s: no such entry", name)
	}
	if len(v) != len(e) {
		return fmt.Errorf("ref: set %s: %d values, need %d", name, len(v), len(e))
	}
	copy(e, v)
	return nil
}

// Get64 returns a copy of the entry.
func (s *State) Get64(name string) ([]float64, error) {
	e, ok := s.entries[name]
	if !ok {
		return nil, fmt.Errorf("ref: get %s: no such entry", name)
	}
	return slices.Clone(e), nil
}

// Close does nothing.
func (s *State) Close() error { return nil }

// update applies Adam to a variable with gradient g.
func (s *State) update(v graph.Var, g []float64, lr float64) {
	adam := s.opt.Adam
	if group, ok := s.opt.Groups[v.Group]; ok {
		adam, lr = group.Adam, lr*group.LRScale
	}
	t := s.entries[graph.SlotT(v.Name)]
	t[0]++
	m, sq := s.entries[graph.SlotM(v.Name)], s.entries[graph.SlotV(v.Name)]
	optim.Update(adam, s.entries[v.Name], m, sq, g, lr, int(t[0]))
}

// round sets dst to src in float32.
func round(dst []float32, src []float64) {
	for i, x := range src {
		dst[i] = float32(x)
	}
}
