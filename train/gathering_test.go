package train

import (
	"fmt"
	"hash/fnv"
	"slices"
	"testing"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/tensor"
)

// gathering is an engine for a group: every member computes the whole batch, of
// which the others send it their shares.
type gathering struct {
	engine.Engine
	program *graph.Program // not bound
}

func (g gathering) NewState(vars []graph.Var, o engine.Options) (engine.State, error) {
	s, err := g.Engine.NewState(vars, engine.Options{Adam: o.Adam, Groups: o.Groups})
	return gatheringState{s, g.program, o.Group}, err
}

type gatheringState struct {
	engine.State
	program *graph.Program
	group   engine.Group
}

func (s gatheringState) Compile(share *graph.Program) (engine.Exec, error) {
	rows := share.Values[share.Inputs[share.Input("images")]].Shape[0]
	whole, err := s.program.Bind(rows*s.group.Size(), 0, 0)
	if err != nil {
		return nil, err
	}
	e, err := s.State.Compile(whole)
	return gatheringExec{e, s, engine.Inputs(whole), engine.Outputs(whole)}, err
}

type gatheringExec struct {
	engine.Exec
	gatheringState
	in, out []tensor.Tensor // of the whole batch
}

func (e gatheringExec) Close() error { return e.Exec.Close() }

func (e gatheringExec) Step(in, out []tensor.Tensor, lr float32) (engine.StepStats, error) {
	if err := e.alike(lr); err != nil {
		return engine.StepStats{}, err
	}
	for i := range in {
		if err := e.gather(e.in[i], in[i]); err != nil {
			return engine.StepStats{}, err
		}
	}
	stats, err := e.Exec.Step(e.in, e.out, lr)
	size, rank := e.group.Size(), e.group.Rank()
	for i, o := range out {
		if len(o.Shape) == 0 || tensor.Size(o.Shape) == 1 {
			copy(o.F32, e.out[i].F32)
			continue
		}
		n := len(o.F32) / 2
		for v := range 2 {
			copy(o.F32[v*n:(v+1)*n], e.out[i].F32[(v*size+rank)*n:])
		}
	}
	return stats, err
}

// alike returns an error unless all members begin an update with the same weights at the
// same rate: the file of the first would not show that the others differ.
func (e gatheringExec) alike(lr float32) error {
	h := fnv.New32a()
	err := e.State.Each(func(name string, v []float32) error {
		_, err := fmt.Fprint(h, name, v)
		return err
	})
	if err != nil {
		return err
	}
	const exact = 8 // bits of the hash that float32 has no room for
	mine := []float32{lr, float32(h.Sum32() >> exact)}
	all := make([]float32, len(mine)*e.group.Size())
	if err := e.group.Gather(all, mine); err != nil {
		return err
	}
	for rank := range e.group.Size() {
		if his := all[2*rank : 2*rank+2]; !slices.Equal(his, mine) {
			return fmt.Errorf("rate and weights of rank %d are %v, not %v", rank, his, mine)
		}
	}
	return nil
}

// gather sets x to the rows of all members: view 1 of each, then view 2.
func (e gatheringExec) gather(x, share tensor.Tensor) error {
	n := share.Len() / 2
	for v := range 2 {
		part, all := make([]float32, n), make([]float32, n*e.group.Size())
		for i := range part {
			switch at := v*n + i; share.DType {
			case tensor.Uint8:
				part[i] = float32(share.U8[at])
			case tensor.Int32:
				part[i] = float32(share.I32[at])
			default:
				part[i] = share.F32[at]
			}
		}
		if err := e.group.Gather(all, part); err != nil {
			return err
		}
		for i, y := range all {
			switch at := v*len(all) + i; x.DType {
			case tensor.Uint8:
				x.U8[at] = uint8(y)
			case tensor.Int32:
				x.I32[at] = int32(y)
			default:
				x.F32[at] = y
			}
		}
	}
	return nil
}

// together is tinyTask for a group.
func together(t *testing.T) Task {
	t.Helper()
	task := tinyTask(t, 1)
	task.Engine = gathering{task.Engine, task.Model.Pretrain(3)}
	return task
}
