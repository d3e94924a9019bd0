package amdim

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/ref"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/train"
)

// counted counts the states of an engine.
type counted struct {
	engine.Engine
	states int
}

func (e *counted) NewState(vars []graph.Var, o engine.Options) (engine.State, error) {
	e.states++
	return e.Engine.NewState(vars, o)
}

func TestPretrainByAnEngineOfTheCaller(t *testing.T) {
	e := &counted{Engine: ref.New()}
	c := tinyConfig(t.TempDir())
	c.Engine, c.MaxSteps = e, 1
	c.Set = append(c.Set, "train.batch=2")
	if _, err := Pretrain(context.Background(), c); err != nil {
		t.Fatal(err)
	}
	if e.states == 0 {
		t.Error("another engine trained")
	}
}

func TestPretrainGoesOnFromWhereItStopped(t *testing.T) {
	c := tinyConfig(t.TempDir())
	c.Set = append(c.Set, "train.epochs=2") // six updates
	c.MaxSteps = 0
	var steps []int
	c.OnRecord = func(r Record) { steps = append(steps, r.Step) }
	whole, err := Pretrain(context.Background(), c)
	if err != nil || whole.Step != 6 || !slices.Equal(steps, []int{3, 6}) {
		t.Fatalf("%+v, records of %v, %v", whole, steps, err)
	}
	parts := c
	parts.Out, parts.Resume, parts.OnRecord = t.TempDir(), true, nil
	for _, parts.MaxSteps = range []int{4, 6} {
		if _, err := Pretrain(context.Background(), parts); err != nil {
			t.Fatal(err)
		}
	}
	a, errA := os.ReadFile(train.CheckpointPath(c.Out))
	b, errB := os.ReadFile(train.CheckpointPath(parts.Out))
	if errA != nil || errB != nil || !bytes.Equal(a, b) {
		t.Errorf("checkpoints differ, %v, %v", errA, errB)
	}
	parts.Set = append(parts.Set, "train.seed=9")
	_, err = Pretrain(context.Background(), parts)
	if err == nil || !strings.Contains(err.Error(), "train.seed is 1, not 9") {
		t.Errorf("other settings: %v", err)
	}
	parts.Set = append(c.Set[:len(c.Set):len(c.Set)], "train.epochs=3") // nine updates
	if longer, err := Pretrain(context.Background(), parts); err != nil || longer.Steps != 9 {
		t.Errorf("a longer run has %d updates, %v", longer.Steps, err)
	}
	if _, err := Pretrain(context.Background(), c); !errors.Is(err, ErrExists) {
		t.Errorf("a run that is there: %v", err)
	}
	last := train.CheckpointPath(parts.Out)
	if err := os.Remove(last); err != nil { // the one before it is still there
		t.Fatal(err)
	}
	_, err = Pretrain(context.Background(), parts)
	if err == nil || !strings.Contains(err.Error(), "copy "+checkpoint.Previous(last)) {
		t.Errorf("a lost checkpoint: %v", err)
	}
}

// listing writes a list that leaves out the first two images of a configuration.
func listing(t *testing.T, c PretrainConfig) string {
	t.Helper()
	images, err := data.Open(c.Data, data.Pretrain, data.Options{})
	if err != nil {
		t.Fatal(err)
	}
	q := data.Quarantine{Spec: c.Data, Digest: images.Digest(), Images: images.Len()}
	for i := range 2 {
		q.Left = append(q.Left, data.LeftOut{Index: i, Name: data.Name(images, i), Reason: data.ExactCopy})
	}
	path := filepath.Join(t.TempDir(), "list.json")
	if err := os.WriteFile(path, q.Encode(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPretrainGoesOnWithTheListThatTheRunKeeps(t *testing.T) {
	c := tinyConfig(t.TempDir())
	c.Quarantine, c.MaxSteps = listing(t, c), 1
	if _, err := Pretrain(context.Background(), c); err != nil {
		t.Fatal(err)
	}
	c.Quarantine, c.Resume, c.MaxSteps = "", true, 2
	if r, err := Pretrain(context.Background(), c); err != nil || r.Step != 2 {
		t.Errorf("it goes on to update %d, %v", r.Step, err)
	}
	if err := os.Remove(train.QuarantinePath(c.Out)); err != nil {
		t.Fatal(err)
	}
	_, err := Pretrain(context.Background(), c)
	if want := "leaves out 2 images by a list"; !errors.Is(err, fs.ErrNotExist) ||
		!strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "name the list in Quarantine") {
		t.Errorf("a lost list: %v, want %q", err, want)
	}
}

func TestErrorsOfPretrainSayWhoseTheyAre(t *testing.T) {
	stopped, cancel := context.WithCancel(context.Background())
	cancel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	for _, c := range []struct {
		what   string
		ctx    context.Context
		change func(c *PretrainConfig)
		want   string
	}{
		{"preset", ctx, func(c *PretrainConfig) { c.Preset = "photo" }, `"photo"`},
		{"setting", ctx, func(c *PretrainConfig) { c.Set = []string{"train.epoch=1"} }, "train.epoch"},
		{"folder", ctx, func(c *PretrainConfig) { c.Out = file }, file + " is a file"},
		{"data", ctx, func(c *PretrainConfig) { c.Data = "shape" }, `"shape"`},
		{"batch", ctx, func(c *PretrainConfig) { c.Data = "shapes:train=3,test=3" }, "a batch has 8"},
		{"list", ctx, func(c *PretrainConfig) { c.Quarantine = file }, file},
		{"stop", stopped, func(*PretrainConfig) {}, "context canceled"},
	} {
		config := tinyConfig(filepath.Join(t.TempDir(), "run"))
		c.change(&config)
		_, err := Pretrain(c.ctx, config)
		if err == nil || !strings.HasPrefix(err.Error(), "amdim: pretrain: ") ||
			!strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.what, err, c.want)
		}
	}
}

func TestPretrainBeginsWithTheWeightsOfAnotherRun(t *testing.T) {
	old := tinyConfig(t.TempDir())
	old.Set = append(old.Set, "augment.gray=0.5")
	if _, err := Pretrain(context.Background(), old); err != nil {
		t.Fatal(err)
	}
	c := PretrainConfig{
		Init: old.Out, Data: "shapes:train=40,test=1,seed=5", Out: t.TempDir(), Set: []string{"train.seed=4"},
		Resume: true,
	}
	for _, c.MaxSteps = range []int{1, 2} {
		if r, err := Pretrain(context.Background(), c); err != nil || r.Step != c.MaxSteps {
			t.Fatalf("%d updates, %v", r.Step, err)
		}
		if err := os.RemoveAll(old.Out); err != nil { // what goes on no longer needs it
			t.Fatal(err)
		}
	}
	path := train.CheckpointPath(c.Out)
	settings, meta, err := config.Stored(path)
	if err != nil || settings.Augment.Gray != 0.5 || settings.Train.Seed != 4 || meta.Init == nil {
		t.Errorf("%+v, begun with %+v, %v", settings, meta.Init, err)
	}
	c.Init, c.Data, c.MaxSteps = "", "", 3
	if r, err := Pretrain(context.Background(), c); err != nil || r.Step != 3 {
		t.Errorf("without preset and data it goes on to update %d, %v", r.Step, err)
	}
	c.Init, c.Data, c.Out = old.Out, "shapes:train=40,test=1,seed=5", t.TempDir()
	_, err = Pretrain(context.Background(), c)
	if err == nil || !strings.Contains(err.Error(), "no such run folder") {
		t.Errorf("a run that is gone: %v", err)
	}
}

func TestPretrainOfAMixtureThatCannotSegmentEndsWell(t *testing.T) {
	c := tinyConfig(t.TempDir())
	c.MaxSteps, c.Set = 0, append(c.Set, "model.pairs=1-5", "model.mix.k=2")
	if r, err := Pretrain(context.Background(), c); err != nil || r.Step != r.Steps {
		t.Fatalf("%d of %d updates, %v", r.Step, r.Steps, err)
	}
	m, err := Open(c.Out, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if err := m.PrepareSegment(context.Background()); !errors.Is(err, ErrNoLocations) {
		t.Errorf("it can segment: %v", err)
	}
	if err := m.CheckSegment(SegmentOptions{}); !errors.Is(err, ErrNoLocations) {
		t.Errorf("it says that it can segment: %v", err)
	}
}

func TestPretrainNamesWhatIsMissing(t *testing.T) {
	run := tinyConfig(t.TempDir())
	if _, err := Pretrain(context.Background(), run); err != nil {
		t.Fatal(err)
	}
	again := run
	again.Resume, again.Init = true, run.Out
	for want, c := range map[string]PretrainConfig{
		"amdim: pretrain: no Out: name a folder":                       {Preset: "demo", Data: "shapes"},
		"amdim: pretrain: no Data: name images":                        {Preset: "demo", Out: "x"},
		"amdim: pretrain: no Preset and no Init: name one of demo, ci": {Data: "shapes", Out: "x"},
		"the run began with random weights, not with those of":         again,
	} {
		if _, err := Pretrain(context.Background(), c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestPretrainHasNoRunToResume(t *testing.T) {
	none := filepath.Join(t.TempDir(), "none")
	for want, c := range map[string]PretrainConfig{
		"the folder holds no run; to begin one: no Data: name images":        {Out: none},
		"the folder holds no run; to begin one: no Preset and no Init: name": {Out: none, Data: "shapes"},
	} {
		c.Resume = true
		_, err := Pretrain(context.Background(), c)
		if !errors.Is(err, ErrNoneThere) || !strings.Contains(err.Error(), "resume "+none+": "+want) {
			t.Errorf("%v, want %q", err, want)
		}
		c.Resume = false
		if _, err := Pretrain(context.Background(), c); err == nil || errors.Is(err, ErrNoneThere) {
			t.Errorf("a run to begin: %v", err)
		}
	}
}
