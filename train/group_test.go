package train

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/enginetest"
	"github.com/amdim/amdim/graph"
)

// ended is how one process of a group ended.
type ended struct {
	Result
	err error
}

// runGroup runs a task in a group, each process with a folder of its own below
// root; change may alter those of a rank.
func runGroup(
	t *testing.T, root string, size int, o Options, change func(rank int, k *Task, o *Options),
) []ended {
	t.Helper()
	all := make([]ended, size)
	var done sync.WaitGroup
	for rank, m := range enginetest.Groups(size) {
		k, o := together(t), o
		o.Out, o.Group = filepath.Join(root, fmt.Sprint(rank)), m
		if change != nil {
			change(rank, &k, &o)
		}
		done.Go(func() {
			defer m.Leave()
			r, err := Run(t.Context(), k, o)
			all[rank] = ended{r, err}
		})
	}
	done.Wait()
	return all
}

// mustEndAlike checks that all processes made the same number of updates.
func mustEndAlike(t *testing.T, all []ended, step int) {
	t.Helper()
	for rank, e := range all {
		if e.err != nil || e.Step != step {
			t.Fatalf("rank %d: %d updates, want %d: %v", rank, e.Step, step, e.err)
		}
	}
}

// wroteNothing checks that only the first process wrote.
func wroteNothing(t *testing.T, root string, ranks ...int) {
	t.Helper()
	for _, rank := range ranks {
		if _, err := os.Stat(filepath.Join(root, fmt.Sprint(rank))); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("rank %d made its folder: %v", rank, err)
		}
	}
}

// The engine computes the whole batch in each process, so what differs would be in
// what the processes read, draw and record.
func TestAGroupMakesTheRunOfOneProcess(t *testing.T) {
	one, root := t.TempDir(), t.TempDir()
	mustRun(t, tinyTask(t, 1), Options{Out: one, LogSteps: 1})
	mustEndAlike(t, runGroup(t, root, 2, Options{LogSteps: 1}, nil), 15)
	wroteNothing(t, root, 1)
	first := filepath.Join(root, "0")
	if mustRead(t, CheckpointPath(one)) != mustRead(t, CheckpointPath(first)) {
		t.Error("checkpoints differ")
	}
	want, got := numbers(t, one), numbers(t, first)
	for i := range got {
		if got[i].World != 2 {
			t.Errorf("record %d was made by %d processes", i, got[i].World)
		}
		for _, r := range []*Record{&got[i], &want[i]} { // of the share
			r.World, r.FeatureStd, r.ParticipationRatio = 0, 0, 0
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("records differ:\n%+v\n%+v", got, want)
	}
}

// With an engine that computes a share in each process the losses are those of one
// process, but for the order of sums in float32.
func TestSharesMakeTheLossesOfOneProcess(t *testing.T) {
	one, root := t.TempDir(), t.TempDir()
	mustRun(t, tinyTask(t, 1), Options{Out: one, LogSteps: 1, MaxSteps: 10})
	mustEndAlike(t, runGroup(t, root, 2, Options{LogSteps: 1, MaxSteps: 10}, func(_ int, k *Task, _ *Options) {
		k.Engine = k.Engine.(gathering).Engine
	}), 10)
	want, got := numbers(t, one), numbers(t, filepath.Join(root, "0"))
	for i := range want {
		// After update 1 rounding alone differs; Adam's steps make more of it later.
		if d := math.Abs(got[i].Loss - want[i].Loss); !(d <= 1e-3*want[i].Loss) || i == 0 && d > 1e-5*want[i].Loss {
			t.Errorf("update %d: loss %g, want %g", i+1, got[i].Loss, want[i].Loss)
		}
		a, b := got[i].Probes["linear"].Loss, want[i].Probes["linear"].Loss
		if !(math.Abs(a-b) <= 1e-3*b) || !(math.Abs(got[i].GradNorm-want[i].GradNorm) <= 1e-2*want[i].GradNorm) {
			t.Errorf("update %d: %+v, want %+v", i+1, got[i], want[i])
		}
	}
}

// The folder is on one host alone, and the number of processes changes.
func TestAGroupResumesWithAnotherNumberOfProcesses(t *testing.T) {
	one, root := t.TempDir(), t.TempDir()
	wider := func(k *Task) { k.Train.Batch, k.Data = 8, noise{n: 42, seed: 1, bad: -1} }
	alone := func() Task {
		task := tinyTask(t, 1)
		wider(&task)
		return task
	}
	mustRun(t, alone(), Options{Out: one})
	first := filepath.Join(root, "0")
	mustEndAlike(t, runGroup(t, root, 2, Options{MaxSteps: 4, LogSteps: 1}, func(_ int, k *Task, _ *Options) {
		wider(k)
	}), 4)
	var notices []string
	note := func(format string, args ...any) { notices = append(notices, fmt.Sprintf(format, args...)) }
	o := Options{MaxSteps: 8, LogSteps: 1}
	mustEndAlike(t, runGroup(t, root, 4, o, func(rank int, k *Task, o *Options) {
		wider(k)
		if o.OnNotice = note; rank == 0 {
			o.Resume = true
		} else {
			o.MaxSteps = 5 // the first process decides
		}
	}), 8)
	mustRun(t, alone(), Options{Out: first, Resume: true, OnNotice: note})
	wroteNothing(t, root, 1, 2, 3)
	if mustRead(t, CheckpointPath(one)) != mustRead(t, CheckpointPath(first)) {
		t.Error("checkpoints differ")
	}
	want := []string{"in 2 processes and continues in 4", "in 4 processes and continues in 1"}
	if len(notices) != 2 || !strings.Contains(notices[0], want[0]) || !strings.Contains(notices[1], want[1]) {
		t.Errorf("notices %q, want %q", notices, want)
	}
}

// Whatever one process finds wrong before the first update ends all with one line.
func TestAGroupBeginsTogetherOrNotAtAll(t *testing.T) {
	for _, c := range []struct {
		name   string
		rank   int
		change func(*Task, *Options)
		want   string
	}{
		{"setting", 1, func(k *Task, _ *Options) { k.Train.LR = 2e-3 },
			"rank 1 has train.lr = 0.002, rank 0 has 0.001: start all processes with the same settings"},
		{"setting of the first", 0, func(k *Task, _ *Options) { k.Train.Epochs = 4 },
			"rank 1 has train.epochs = 3, rank 0 has 4"},
		{"of the caller", 2, func(k *Task, _ *Options) { k.Settings = json.RawMessage(`{"a": {"b": 1}}`) },
			"rank 2 has test = none, rank 0 has true"},
		{"data", 1, func(k *Task, _ *Options) { k.Data = noise{n: 22, seed: 2, bad: -1} },
			"rank 1 has data digest = noise 22 2, rank 0 has noise 22 1: give all processes the same data"},
		{"images", 1, func(k *Task, _ *Options) { k.Data = noise{n: 23, seed: 1, bad: -1} },
			"rank 1 has images = 23, rank 0 has 22"},
		{"engine", 2, func(k *Task, _ *Options) { k.Engine = named{k.Engine} },
			"rank 2 has engine = another, rank 0 has"},
		{"batch", 0, nil, "batch = 4 does not divide among 3 processes, at least 2 images each: " +
			"choose a multiple of 3, such as 6"},
		{"option", 2, func(_ *Task, o *Options) { o.Minutes = -1 }, "minutes = -1"},
		{"no run", 0, func(_ *Task, o *Options) { o.Resume = true }, "the folder holds no run"},
		{"no memory", 1, func(k *Task, _ *Options) { k.Engine = full{k.Engine} }, "out of memory"},
	} {
		root := t.TempDir()
		all := runGroup(t, root, 3, Options{}, func(rank int, k *Task, o *Options) {
			if c.name != "batch" {
				k.Train.Batch = 6
			}
			if rank == c.rank && c.change != nil {
				c.change(k, o)
			}
		})
		for rank, e := range all {
			if e.err == nil || !strings.Contains(e.err.Error(), c.want) || strings.Contains(e.err.Error(), "\n") {
				t.Errorf("%s: rank %d: %v, want %q in one line", c.name, rank, e.err, c.want)
			}
			if !strings.Contains(e.err.Error(), "rank") && rank != c.rank && c.name != "batch" {
				t.Errorf("%s: rank %d does not name the one that failed: %v", c.name, rank, e.err)
			}
		}
		if _, err := os.Stat(CheckpointPath(filepath.Join(root, "0"))); err == nil {
			t.Errorf("%s: a run was begun", c.name)
		}
		wroteNothing(t, root, 1, 2)
	}
}

// named is an engine of another name, full one without memory.
type (
	named struct{ engine.Engine }
	full  struct{ engine.Engine }
)

func (named) Name() string { return "another" }

func (full) NewState([]graph.Var, engine.Options) (engine.State, error) {
	return nil, errors.New("out of memory")
}

// A process that cannot come as far as Run ends the others.
func TestAgreeEndsTheOthers(t *testing.T) {
	failure := errors.New("data: open folder:x: no such folder")
	all := make([]error, 2)
	var done sync.WaitGroup
	for rank, m := range enginetest.Groups(2) {
		k := together(t)
		done.Go(func() {
			defer m.Leave()
			if rank == 1 {
				all[1] = Agree(m, failure)
				return
			}
			_, all[0] = Run(t.Context(), k, Options{Out: filepath.Join(t.TempDir(), "run"), Group: m})
		})
	}
	done.Wait()
	if all[1] != failure || all[0] == nil || all[0].Error() != "rank 1: data: open folder:x: no such folder" {
		t.Errorf("ended with %v and %v", all[0], all[1])
	}
}

// A signal to any process stops all after the same update.
func TestASignalToOneProcessStopsAll(t *testing.T) {
	for stopped := range 2 {
		root := t.TempDir()
		ctx, cancel := context.WithCancel(t.Context())
		all := make([]ended, 2)
		var done sync.WaitGroup
		for rank, m := range enginetest.Groups(2) {
			k, o := together(t), Options{Out: filepath.Join(root, fmt.Sprint(rank)), Group: m}
			own := t.Context()
			if rank == stopped {
				own = ctx
				o.OnStep = func(s Status) {
					if s.Step == 3 {
						cancel()
					}
				}
			}
			done.Go(func() {
				defer m.Leave()
				r, err := Run(own, k, o)
				all[rank] = ended{r, err}
			})
		}
		done.Wait()
		cancel()
		for rank, e := range all {
			if !errors.Is(e.err, context.Canceled) || e.Step != 3 {
				t.Errorf("rank %d stopped, rank %d ended after update %d: %v", stopped, rank, e.Step, e.err)
			}
		}
		if m := metaOf(t, filepath.Join(root, "0")); m.Step != 3 {
			t.Errorf("checkpoint of update %d", m.Step)
		}
	}
}

// What the first process cannot write stops all after the same update.
func TestAnErrorOfTheFirstProcessStopsAll(t *testing.T) {
	all := runGroup(t, t.TempDir(), 2, Options{}, func(_ int, _ *Task, o *Options) {
		o.OnEpoch = func(int, engine.State) error { return errors.New("disk full") }
	})
	for rank, e := range all {
		if e.err == nil || e.Step != 5 || !strings.Contains(e.err.Error(), "disk full") {
			t.Errorf("rank %d ended after update %d: %v", rank, e.Step, e.err)
		}
	}
}

// A process that is lost ends the others; the checkpoint before is good.
func TestALostProcessEndsTheOthers(t *testing.T) {
	root := t.TempDir()
	all := runGroup(t, root, 2, Options{CheckpointSteps: 2}, func(rank int, _ *Task, o *Options) {
		if rank == 1 {
			m := o.Group.(*enginetest.Member)
			o.OnStep = func(s Status) {
				if s.Step == 3 {
					m.Leave()
				}
			}
		}
	})
	first := filepath.Join(root, "0")
	want := "train: stopped before update 4: process 1 has left; " + CheckpointPath(first) + " holds update 2"
	if err := all[0].err; !errors.Is(err, ErrLost) || err.Error() != want { // the reason once
		t.Errorf("%v, want %q", err, want)
	}
	mustEndAlike(t, runGroup(t, root, 2, Options{}, func(_ int, _ *Task, o *Options) { o.Resume = true }), 15)
	one := t.TempDir()
	mustRun(t, tinyTask(t, 1), Options{Out: one})
	if mustRead(t, CheckpointPath(one)) != mustRead(t, CheckpointPath(first)) {
		t.Error("the run ends in other bytes after a loss")
	}
}

func TestAGroupListsTheImagesThatAnyCannotRead(t *testing.T) {
	for _, c := range []struct {
		bad  int
		want bool // the run stops
	}{{3, false}, {4, true}} {
		root := t.TempDir()
		var told []string
		all := runGroup(t, root, 2, Options{}, func(rank int, k *Task, o *Options) {
			k.Data = torn{noise{n: 22, seed: 1, bad: -1}, c.bad}
			o.OnUnreadable = func(name string, _ error) { told = append(told, name) }
			if rank == 1 {
				o.MaxUnreadable = 1 // the first process decides
			}
		})
		for rank, e := range all {
			if errors.Is(e.err, ErrUnreadable) != c.want || e.Step != all[0].Step || !c.want && e.err != nil {
				t.Errorf("%d unreadable: rank %d ended after update %d: %v", c.bad, rank, e.Step, e.err)
			}
		}
		list, err := ReadUnreadable(UnreadablePath(filepath.Join(root, "0")))
		slices.Sort(told)
		if err != nil || len(list) != c.bad || len(slices.Compact(told)) != len(list) {
			t.Errorf("%d unreadable: listed %v, told of %q, %v", c.bad, list, told, err)
		}
		if host, _ := os.Hostname(); slices.ContainsFunc(list, func(u Unreadable) bool { return u.Host != host }) {
			t.Errorf("listed %v, all of them met on %q", list, host)
		}
		wroteNothing(t, root, 1)
	}
}

func TestWordsOfAnotherProgramAreAnError(t *testing.T) {
	m := enginetest.Groups(2)
	var done sync.WaitGroup
	done.Go(func() { m[1].Exchange("hello") })
	err := (&run{all: m[0]}).list(nil)
	done.Wait()
	if err == nil || !strings.Contains(err.Error(), `rank 1 says "hello"`) {
		t.Error(err)
	}
}
