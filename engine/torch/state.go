//go:build torch && linux

package torch

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/optim"
	"github.com/amdim/amdim/tensor"
)

type stateFunctions struct {
	Open func(json string, group uintptr, err *byte, cap int32) uintptr `shim:"amdim_state_open"`
	Set  func(
		s uintptr, variable int64, slot int32, v *float32, err *byte, cap int32,
	) int32 `shim:"amdim_state_set"`
	Read func(
		s uintptr, variable int64, slot int32, v *float32, err *byte, cap int32,
	) int32 `shim:"amdim_state_read"`
	Close func(s uintptr, err *byte, cap int32) int32 `shim:"amdim_state_close"`
}

// state owns the variables on the device.
type state struct {
	engine  *Engine
	vars    []graph.Var
	entries []entry
	group   *Group // nil: one process
	handle  uintptr
}

// entry is one entry of Each: a variable or a slot of Adam.
type entry struct {
	name     string
	variable int
	slot     int32 // 0 the variable, then Adam's moments and count; shim/state.hpp has the same
	size     int
}

func newState(e *Engine, vars []graph.Var, o engine.Options) (*state, error) {
	s := &state{engine: e, vars: vars}
	var group uintptr
	if o.Group != nil && o.Group.Size() > 1 {
		var ok bool
		if s.group, ok = o.Group.(*Group); !ok {
			return nil, fmt.Errorf("torch: a group of %T: this engine trains in those of torch's Join alone", o.Group)
		}
		if e.graphs {
			return nil, fmt.Errorf("torch: CUDA graphs are for one process, the group has %d", o.Group.Size())
		}
		group = s.group.handle
	}
	text, err := encodeState(e, vars, o)
	if err != nil {
		return nil, fmt.Errorf("torch: %w", err)
	}
	for i, v := range vars {
		s.entries = append(s.entries, entriesOf(i, v)...)
	}
	s.handle, err = e.lib.open(func(err *byte, cap int32) uintptr {
		return e.lib.State.Open(text, group, err, cap)
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

func entriesOf(i int, v graph.Var) []entry {
	n := tensor.Size(v.Shape)
	all := []entry{{v.Name, i, 0, n}}
	if v.Trainable {
		all = append(all, entry{graph.SlotM(v.Name), i, 1, n}, entry{graph.SlotV(v.Name), i, 2, n},
			entry{graph.SlotT(v.Name), i, 3, 1})
	}
	return all
}

// wireState is what shim/state.cc reads.
type wireState struct {
	Device    string         `json:"device"`
	Precision string         `json:"precision"`
	Graphs    bool           `json:"graphs"`
	Tune      bool           `json:"tune"`
	Fuse      bool           `json:"fuse"`
	Pools     int            `json:"pools"`
	Layers    int            `json:"layers"`
	Rules     []wireRule     `json:"rules"`
	Vars      []wireStateVar `json:"vars"`
}

type wireRule struct {
	LRScale float64 `json:"lr_scale"`
	optim.Adam
}

type wireStateVar struct {
	Shape     []int `json:"shape"`
	Trainable bool  `json:"trainable"`
	Rule      int   `json:"rule"` // index of Rules
}

func encodeState(e *Engine, vars []graph.Var, o engine.Options) (string, error) {
	w := wireState{
		Device: e.device, Precision: e.precision, Graphs: e.graphs, Tune: e.tune, Fuse: e.fuse, Pools: e.pools,
		Layers: e.layers,
		Rules:  []wireRule{{1, o.Adam}},
	}
	rules := map[string]int{}
	for name, g := range o.Groups {
		rules[name] = len(w.Rules)
		w.Rules = append(w.Rules, wireRule{g.LRScale, g.Adam})
	}
	for _, v := range vars {
		w.Vars = append(w.Vars, wireStateVar{v.Shape, v.Trainable, rules[v.Group]})
	}
	text, err := json.Marshal(w)
	return string(text), err
}

// Compile implements engine.State.
func (s *state) Compile(p *graph.Program) (engine.Exec, error) {
	if err := engine.CheckProgram(p, s.vars); err != nil {
		return nil, err
	}
	entries := make([]int, len(p.Vars))
	for i, v := range p.Vars {
		entries[i] = slices.IndexFunc(s.vars, func(x graph.Var) bool { return x.Name == v.Name })
	}
	return newExec(s, p, entries)
}

// Each implements engine.State.
func (s *state) Each(f func(name string, v []float32) error) error {
	for _, e := range s.entries {
		v := make([]float32, e.size)
		err := s.engine.lib.call(func(err *byte, cap int32) int32 {
			return s.engine.lib.State.Read(s.handle, int64(e.variable), e.slot, &v[0], err, cap)
		})
		if err != nil {
			return err
		}
		if err := f(e.name, v); err != nil {
			return err
		}
	}
	return nil
}

// Sizes implements checkpoint.Sized: nothing is copied from the device.
func (s *state) Sizes(f func(name string, n int) error) error {
	for _, e := range s.entries {
		if err := f(e.name, e.size); err != nil {
			return err
		}
	}
	return nil
}

// Set implements engine.State.
func (s *state) Set(name string, v []float32) error {
	for _, e := range s.entries {
		if e.name != name {
			continue
		}
		if len(v) != e.size {
			return fmt.Errorf("torch: set %s: %d values, need %d", name, len(v), e.size)
		}
		return s.engine.lib.call(func(err *byte, cap int32) int32 {
			return s.engine.lib.State.Set(s.handle, int64(e.variable), e.slot, &v[0], err, cap)
		})
	}
	return fmt.Errorf("torch: set %s: no such entry", name)
}

// Close implements engine.State.
func (s *state) Close() error {
	if s.handle == 0 {
		return nil
	}
	handle := s.handle
	s.handle = 0
	lib := s.engine.lib
	return lib.call(func(err *byte, cap int32) int32 { return lib.State.Close(handle, err, cap) })
}
