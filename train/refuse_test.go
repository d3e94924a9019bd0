package train

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// refuses checks that Run names the fault and leaves the run in dir as it was.
func refuses(t *testing.T, name, dir string, task Task, o Options, want string) {
	t.Helper()
	before, _ := os.ReadFile(CheckpointPath(dir))
	metrics, _ := os.ReadFile(MetricsPath(dir))
	_, err := Run(context.Background(), task, o)
	if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
		t.Errorf("%s: %v, want %q in one line", name, err, want)
	}
	if after, _ := os.ReadFile(CheckpointPath(dir)); string(after) != string(before) {
		t.Errorf("%s: the checkpoint was changed", name)
	}
	if after, _ := os.ReadFile(MetricsPath(dir)); string(after) != string(metrics) {
		t.Errorf("%s: the metrics were changed", name)
	}
}

func TestRunRefusesAndLosesNothing(t *testing.T) {
	dir := t.TempDir()
	mustRun(t, tinyTask(t, 1), Options{Out: dir, MaxSteps: 6, LogSteps: 1})
	occupied := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(occupied, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		change func(*Task, *Options)
		want   string
	}{
		{"existing run", func(*Task, *Options) {}, ": the folder holds a run"},
		{"both", func(_ *Task, o *Options) { o.Resume, o.Overwrite = true, true }, "exclude each other"},
		{"nothing to resume", func(_ *Task, o *Options) { o.Out += "/none"; o.Resume = true }, "none: the folder holds no run"},
		{"file in place of the folder", func(_ *Task, o *Options) { o.Out = occupied }, occupied},
		{"no folder", func(_ *Task, o *Options) { o.Out = "" }, "no run folder"},
		{"other data", func(k *Task, o *Options) { k.Data = noise{22, 2, -1}; o.Resume = true }, "it learns from noise (22 images"},
		{"other seed", func(k *Task, o *Options) { k.Train.Seed = 8; o.Resume = true }, "its seed is 7, not 8"},
		{"other batch", func(k *Task, o *Options) { k.Train.Batch = 5; o.Resume = true }, "epochs have 4 batches"},
		{"other network", func(k *Task, o *Options) { k.Model.NRKHS = 20; o.Resume = true }, "the network needs"},
		{"few images", func(k *Task, o *Options) { k.Data = noise{3, 1, -1}; o.Overwrite = true }, "noise has 3 images, a batch 4"},
		{"model", func(k *Task, o *Options) { k.Model.Px = 31; o.Overwrite = true }, "px = 31"},
		{"view size", func(k *Task, o *Options) { k.Augment.Size = 64; o.Overwrite = true }, "views of 64 pixels for an encoder of 32"},
		{"option", func(_ *Task, o *Options) { o.Minutes = -1; o.Overwrite = true }, "minutes = -1"},
		{"kept epoch", func(_ *Task, o *Options) { o.KeepEpochs = []int{9}; o.Overwrite = true }, "keep epoch 9"},
	} {
		task, o := tinyTask(t, 1), Options{Out: dir}
		c.change(&task, &o)
		refuses(t, c.name, dir, task, o, c.want)
	}
}

func TestDamagedCheckpointNamesTheOneBefore(t *testing.T) {
	dir := t.TempDir()
	mustRun(t, tinyTask(t, 1), Options{Out: dir, MaxSteps: 6})
	good := mustRead(t, CheckpointPath(dir))
	damaged := []byte(good)
	damaged[len(damaged)-1] ^= 1
	if err := os.WriteFile(CheckpointPath(dir), damaged, 0o644); err != nil {
		t.Fatal(err)
	}
	refuses(t, "flipped bit", dir, tinyTask(t, 1), Options{Out: dir, Resume: true}, "checkpoint.prev.safetensors")
}

func TestOverwriteStartsAnew(t *testing.T) {
	dir := t.TempDir()
	task := tinyTask(t, 1)
	task.Train.Seed = 8
	mustRun(t, task, Options{Out: dir, KeepEpochs: []int{1}, MaxSteps: 6})
	own := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(own, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	mustRun(t, tinyTask(t, 1), Options{Out: dir, Overwrite: true, MaxSteps: 2, LogSteps: 1})
	fresh := t.TempDir()
	mustRun(t, tinyTask(t, 1), Options{Out: fresh, MaxSteps: 2})
	if mustRead(t, CheckpointPath(dir)) != mustRead(t, CheckpointPath(fresh)) || len(numbers(t, dir)) != 2 {
		t.Error("something of the old run is left")
	}
	if _, err := os.Stat(EpochPath(dir, 1)); err == nil {
		t.Error("an epoch of the old run is left")
	}
	if mustRead(t, own) != "mine" {
		t.Error("a file of the user was touched")
	}
}
