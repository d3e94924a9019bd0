package train

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/tensor"
)

// room is where the members of a group in this process meet: goroutines.
type room struct {
	mu     sync.Mutex
	moved  *sync.Cond
	said   []any // by rank, of the round under way
	missed int   // who have not said theirs
	heard  []any // of the round before
	round  int
	gone   error // a member has left: no round ends any more
}

var errGone = errors.New("connection closed by peer")

func newRoom(size int) []*member {
	r := &room{said: make([]any, size), missed: size}
	r.moved = sync.NewCond(&r.mu)
	var all []*member
	for rank := range size {
		all = append(all, &member{r, rank})
	}
	return all
}

// meet says v and returns what all have said in this round.
func (r *room) meet(rank int, v any) ([]any, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.gone != nil {
		return nil, r.gone
	}
	round := r.round
	r.said[rank] = v
	if r.missed--; r.missed == 0 {
		r.heard, r.said, r.missed, r.round = r.said, make([]any, len(r.said)), len(r.said), round+1
		r.moved.Broadcast()
		return r.heard, nil
	}
	for r.round == round && r.gone == nil {
		r.moved.Wait()
	}
	if r.round == round {
		return nil, r.gone
	}
	return r.heard, nil // the next round cannot end without this member
}

// member is one process of a group.
type member struct {
	*room
	rank int
}

func (m *member) Rank() int { return m.rank }
func (m *member) Size() int { return len(m.said) }

func (m *member) leave() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.gone = errGone
	m.moved.Broadcast()
}

func (m *member) Sum(v []float32) error {
	all, err := m.meet(m.rank, slices.Clone(v))
	if err != nil {
		return err
	}
	clear(v)
	for _, x := range all {
		if len(x.([]float32)) != len(v) {
			return fmt.Errorf("sum of %d and %d values", len(x.([]float32)), len(v))
		}
		for i := range v {
			v[i] += x.([]float32)[i]
		}
	}
	return nil
}

func (m *member) Gather(out, v []float32) error {
	all, err := m.meet(m.rank, slices.Clone(v))
	for rank, x := range all {
		copy(out[rank*len(v):], x.([]float32))
	}
	return err
}

func (m *member) Exchange(text string) ([]string, error) {
	all, err := m.meet(m.rank, text)
	var texts []string
	for _, x := range all {
		texts = append(texts, x.(string))
	}
	return texts, err
}

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
