package train

import (
	"context"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/tensor"
)

// lookAhead is an engine whose updates read what was announced for them when it was.
type lookAhead struct {
	engine.Engine
	t    *testing.T
	hits *int
}

type lookAheadState struct {
	engine.State
	lookAhead
}

type lookAheadExec struct {
	engine.Exec
	lookAhead
	next, coming copied
}

// copied are announced inputs and what they held then.
type copied struct{ in, held []tensor.Tensor }

func (e lookAhead) NewState(vars []graph.Var, o engine.Options) (engine.State, error) {
	s, err := e.Engine.NewState(vars, o)
	return lookAheadState{s, e}, err
}

func (s lookAheadState) Compile(p *graph.Program) (engine.Exec, error) {
	x, err := s.State.Compile(p)
	return &lookAheadExec{Exec: x, lookAhead: s.lookAhead}, err
}

func (x *lookAheadExec) Next(in []tensor.Tensor) {
	x.coming = copied{in: in}
	for _, t := range in {
		t.U8, t.F32, t.I32 = slices.Clone(t.U8), slices.Clone(t.F32), slices.Clone(t.I32)
		x.coming.held = append(x.coming.held, t)
	}
}

func (x *lookAheadExec) Step(in, out []tensor.Tensor, lr float32) (engine.StepStats, error) {
	if told := x.next; told.in != nil {
		*x.hits++
		if &told.in[0] != &in[0] {
			x.t.Error("a step is given other inputs than were announced")
		}
		in = told.held
	}
	x.next, x.coming = x.coming, copied{}
	return x.Exec.Step(in, out, lr)
}

// counted counts how often an image was read.
type counted struct {
	noise
	reads *atomic.Int64
}

func (d counted) Image(i int) (tensor.Image, error) {
	d.reads.Add(1)
	return d.noise.Image(i)
}

func TestLookingAheadChangesNoByte(t *testing.T) {
	var hits int
	var reads atomic.Int64
	plain, ahead := tinyTask(t, 1), tinyTask(t, 1)
	ahead.Engine = lookAhead{ahead.Engine, t, &hits}
	ahead.Data = counted{noise{n: 22, seed: 1, bad: -1}, &reads}
	const late = 4 // of 15 updates: what follows them may not be made
	inTime := func(s Status) {
		made := int64((s.Step + 2) * ahead.Train.Batch) // images up to those of the batch after the next
		for s.Step < s.Steps-late && reads.Load() <= made {
			runtime.Gosched() // one more, and the next batch is whole: one worker reads in order
		}
	}
	want := mustRead(t, mustRun(t, plain, Options{Out: t.TempDir()}).Checkpoint)
	got := mustRead(t, mustRun(t, ahead, Options{Out: t.TempDir(), Threads: 1, OnStep: inTime}).Checkpoint)
	if got != want {
		t.Error("the checkpoints differ")
	}
	if least := 15 - late - 1; hits < least {
		t.Errorf("%d updates were announced, want at least %d", hits, least)
	}
}

func TestFeedKeepsTheOrderOfBatches(t *testing.T) {
	task := tinyTask(t, 1)
	p, err := task.Model.Pretrain(3).Bind(2*task.Train.Batch, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	pool := parallel.New(1)
	defer pool.Close()
	r := &run{Task: task}
	loader, err := data.NewLoader(context.Background(), task.Data, data.LoaderConfig{
		Batch: task.Train.Batch, Size: task.Model.Px, Views: 2, Seed: task.Train.Seed,
	}, r.newFill)
	if err != nil {
		t.Fatal(err)
	}
	defer loader.Close()
	f := newFeed(loader, newInputs(p, 1, pool), &lookAheadExec{})
	for step := range 7 {
		b, err := f.take()
		if err != nil {
			t.Fatal(err)
		}
		if got := b.Epoch*loader.StepsPerEpoch() + b.Step; got != step {
			t.Errorf("batch %d comes as number %d", got, step)
		}
		for step%3 > 0 && f.next == nil { // after some steps none is made in time
			f.announce()
			runtime.Gosched()
		}
		b.Release()
	}
	f.close()
}
