package amdim

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/embedding"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/cpu"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/tensor"
)

// busy is a data set that knows how many have read images of it at once.
type busy struct {
	data.Dataset
	now, most atomic.Int32
}

func (b *busy) Image(i int) (tensor.Image, error) {
	n := b.now.Add(1)
	defer b.now.Add(-1)
	for range 1000 {
		runtime.Gosched()
	}
	for most := b.most.Load(); n > most && !b.most.CompareAndSwap(most, n); most = b.most.Load() {
	}
	return b.Dataset.Image(i)
}

func TestProgressIsToldByOneGoroutineAtATime(t *testing.T) {
	var telling sync.Mutex
	told := 0
	m := open(t, Options{Progress: func(done, total int) {
		if !telling.TryLock() {
			t.Error("two tell at once")
			return
		}
		told++
		for range 1000 {
			runtime.Gosched()
		}
		telling.Unlock()
	}})
	dir := photos(t, 5)
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			if _, _, err := m.EmbedFolder(context.Background(), dir); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if told != 3*6 { // the damaged file is one that is read
		t.Errorf("told %d times", told)
	}
}

// The images are not to blame.
func TestAPanicOfProgressIsAnErrorThatNamesIt(t *testing.T) {
	for _, threads := range []int{1, 3} {
		m := open(t, Options{Threads: threads, Progress: func(done, _ int) {
			if done >= 3 { // in several workers, where there are
				panic("mine")
			}
		}})
		_, _, err := m.EmbedFolder(t.Context(), photos(t, 5))
		var of *data.PanicError
		if !errors.As(err, &of) || of.Image != -1 || of.Value != "mine" || len(of.Stack) == 0 ||
			!strings.HasPrefix(err.Error(), "amdim: embed: Options.Progress: panic: mine at threads_test.go:") {
			t.Errorf("%d threads: %v, %+v", threads, err, of)
		}
	}
	set, err := data.Open(fewShapes, data.Train, data.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m := open(t, Options{Progress: func(int, int) {}})
	_, _, err = m.embedSet(t.Context(), panicking{set}, embedding.Origin{})
	if err == nil || !strings.Contains(err.Error(), "data: image 7: panic: not mine") {
		t.Errorf("a panic of the images: %v", err)
	}
}

// panicking is a data set of which one image panics.
type panicking struct{ data.Dataset }

func (p panicking) Image(i int) (tensor.Image, error) {
	if i == 7 {
		panic("not mine")
	}
	return p.Dataset.Image(i)
}

// hashed is an engine that counts how often all of its states is read.
type hashed struct {
	engine.Engine
	reads atomic.Int32
}

func (e *hashed) NewState(vars []graph.Var, o engine.Options) (engine.State, error) {
	s, err := e.Engine.NewState(vars, o)
	return hashedState{s, &e.reads}, err
}

type hashedState struct {
	engine.State
	reads *atomic.Int32
}

func (s hashedState) Each(f func(name string, v []float32) error) error {
	s.reads.Add(1)
	return s.State.Each(f)
}

func TestWeightsAreHashedOnce(t *testing.T) {
	inner, err := cpu.New(cpu.Config{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer inner.Close()
	e := &hashed{Engine: inner}
	m := open(t, Options{Engine: e})
	opened := e.reads.Load()
	dir := photos(t, 2)
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			s, _, err := m.EmbedFolder(context.Background(), dir)
			if err != nil || len(s.Model.Checkpoint) != 64 {
				t.Errorf("%+v, %v", s, err)
			}
		})
	}
	all.Wait()
	if n := e.reads.Load() - opened; n != 1 {
		t.Errorf("the weights were read %d times for three sets, want once", n)
	}
}

func TestImagesAreReadByNoMoreThreadsThanAsked(t *testing.T) {
	set, err := data.Open(fewShapes, data.Train, data.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b := &busy{Dataset: set}
	m := open(t, Options{Threads: 1})
	if _, _, err := m.embedSet(context.Background(), b, embedding.Origin{}); err != nil {
		t.Fatal(err)
	}
	if n := b.most.Load(); n != 1 {
		t.Errorf("%d threads read images, want 1", n)
	}
}

// Calls at the same time share the compiled encoder, and together read no more images than
// there are threads: memory does not grow with the requests of a service.
func TestCallsAtOnceShareMemory(t *testing.T) {
	m := open(t, Options{Threads: 2})
	set, err := data.Open("folder:"+photos(t, 9), data.Train, data.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b := &busy{Dataset: set}
	var calls sync.WaitGroup
	for range 6 {
		calls.Go(func() {
			if _, _, err := m.embedSet(t.Context(), b, embedding.Origin{}); err != nil {
				t.Error(err)
			}
		})
	}
	calls.Wait()
	if most := b.most.Load(); most > 2 || len(m.forwards) != 1 {
		t.Errorf("%d images are read at once with 2 threads, %d encoders are compiled", most, len(m.forwards))
	}
}

func TestPretrainRefusesThreadsThatNoMachineHas(t *testing.T) {
	e, err := cpu.New(cpu.Config{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	for _, threads := range []int{-7, 1 << 30} {
		c := tinyConfig(filepath.Join(t.TempDir(), "run"))
		c.Threads = threads
		want := fmt.Sprintf("threads = %d, need 0 to 4096", threads)
		for _, c.Engine = range []engine.Engine{nil, e} {
			if _, err := Pretrain(context.Background(), c); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%v, want %q", err, want)
			}
		}
	}
}
