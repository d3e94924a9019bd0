package train

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/checkpoint"
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
	resume, anew := Options{Out: dir, Resume: true}, Options{Out: dir, Overwrite: true}
	for _, c := range []struct {
		name   string
		o      Options
		change func(*Task)
		want   string
	}{
		{"existing run", Options{Out: dir}, nil, ": the folder holds a run"},
		{"both", Options{Out: dir, Resume: true, Overwrite: true}, nil, "cannot be combined"},
		{"nothing to resume", Options{Out: dir + "/none", Resume: true}, nil, "none: the folder holds no run"},
		{"file in place of the folder", Options{Out: occupied}, nil, occupied},
		{"no folder", Options{}, nil, "no run folder"},
		{"option", Options{Out: dir, Overwrite: true, Minutes: -1}, nil, "minutes = -1"},
		{"threads", Options{Out: dir, Overwrite: true, Threads: 5000}, nil, "threads = 5000, need 0 to 4096"},
		{"kept epoch", Options{Out: dir, Overwrite: true, KeepEpochs: []int{9}}, nil, "keep epoch 9"},
		{"other data", resume, func(k *Task) { k.Data = noise{22, 2, -1} }, "it learns from noise (22 images"},
		{"other data, what to do", resume, func(k *Task) { k.Data = noise{22, 2, -1} }, "bring back the images"},
		{"other seed", resume, func(k *Task) { k.Train.Seed = 8 }, "its seed is 7, not 8"},
		{"other batch", resume, func(k *Task) { k.Train.Batch = 5 }, "epochs have 4 batches"},
		{"other network", resume, func(k *Task) { k.Model.NRKHS = 20 }, "the network needs"},
		{"other data, too few", resume, func(k *Task) { k.Data = noise{1, 2, -1} }, "not from noise (1 image,"},
		{"one image", anew, func(k *Task) { k.Data = noise{1, 1, -1} }, "noise has 1 image, training needs"},
		{"few images", anew, func(k *Task) { k.Data = noise{3, 1, -1} }, "noise has 3 images, a batch has 4"},
		{"no images at all", anew, func(k *Task) { k.Data = nil }, "train: Task.Data is nil"},
		{"no engine", resume, func(k *Task) { k.Engine = nil }, "train: Task.Engine is nil"},
		{"model", anew, func(k *Task) { k.Model.Px = 31 }, "px = 31"},
		{"view size", anew, func(k *Task) { k.Augment.Size = 64 }, "views of 64 pixels for an encoder of 32"},
	} {
		task := tinyTask(t, 1)
		if c.change != nil {
			c.change(&task)
		}
		refuses(t, c.name, dir, task, c.o, c.want)
	}
}

// Two trainings in one folder would write over each other.
func TestFolderOfARunUnderWayIsRefused(t *testing.T) {
	if runtime.GOOS == "js" || runtime.GOOS == "wasip1" || runtime.GOOS == "plan9" {
		t.Skip("no locks on " + runtime.GOOS)
	}
	dir := t.TempDir()
	tried := 0
	during := func(Status) {
		tried++
		for _, o := range []Options{{Out: dir, Resume: true}, {Out: dir, Overwrite: true}} {
			refuses(t, "under way", dir, tinyTask(t, 1), o, ErrBusy.Error())
		}
	}
	mustRun(t, tinyTask(t, 1), Options{Out: dir, MaxSteps: 2, LogSteps: 1, OnStart: during})
	if tried != 1 || len(numbers(t, dir)) != 2 {
		t.Errorf("tried %d times, the run under way has %d records", tried, len(numbers(t, dir)))
	}
	mustRun(t, tinyTask(t, 1), Options{Out: dir, MaxSteps: 3, Resume: true})
	if names, _ := filepath.Glob(filepath.Join(dir, "*lock*")); len(names) > 0 {
		t.Errorf("left behind: %q", names)
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
	o := Options{Out: dir, Resume: true}
	refuses(t, "flipped bit", dir, tinyTask(t, 1), o, "checkpoint.prev.safetensors")
}

// Where a checkpoint was lost, what is kept beside it may be hours of work.
func TestKeptStatesAreNotDeletedByAFreshRun(t *testing.T) {
	for _, c := range []struct{ kept, resume string }{
		{checkpoint.Previous(checkpointFile), "copy %s to checkpoint.safetensors"},
		{EpochPath("", 1), "copy %s to checkpoint.safetensors"},
		{EpochPath("", 12), "copy %s to checkpoint.safetensors"},
		{"epoch-x.safetensors", ErrNoneThere.Error()},
	} {
		dir := t.TempDir()
		kept := filepath.Join(dir, c.kept)
		if err := os.WriteFile(kept, []byte("hours"), 0o644); err != nil {
			t.Fatal(err)
		}
		refuses(t, "resume "+c.kept, dir, tinyTask(t, 1), Options{Out: dir, Resume: true},
			strings.ReplaceAll(c.resume, "%s", kept))
		begun := c.resume != ErrNoneThere.Error()
		if Begun(dir) != begun {
			t.Errorf("%s: begun %t", c.kept, !begun)
		}
		if begun {
			refuses(t, c.kept, dir, tinyTask(t, 1), Options{Out: dir}, ErrExists.Error())
		}
		if mustRead(t, kept) != "hours" {
			t.Errorf("%s was touched", c.kept)
		}
	}
}

func transferPath(dir string) string { return TransferPath(dir, "cifar10-1234") }

func segmentedPath(dir string) string { return SegmentedPath(dir, "bsds500-1234") }

func TestResultsAreNotDeletedByAFreshRun(t *testing.T) {
	for _, path := range []func(string) string{
		transferPath, segmentedPath,
		EvalPath, ValidationPath, CurvePath, ValidationCurvePath, SegmentationPath, ReportPath, MetricsPath,
	} {
		dir := t.TempDir()
		if err := os.WriteFile(path(dir), []byte("hours"), 0o644); err != nil {
			t.Fatal(err)
		}
		refuses(t, path(""), dir, tinyTask(t, 1), Options{Out: dir}, path(dir)+": "+ErrResults.Error())
		if mustRead(t, path(dir)) != "hours" {
			t.Errorf("%s was touched", path(dir))
		}
		mustRun(t, tinyTask(t, 1), Options{Out: dir, MaxSteps: 1, Overwrite: true})
	}
}

func TestOverwriteStartsAnew(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "lr[1e-3]") // not a pattern
	task := tinyTask(t, 1)
	task.Train.Seed = 8
	mustRun(t, task, Options{Out: dir, KeepEpochs: []int{1}, MaxSteps: 6})
	own, features := filepath.Join(dir, "notes.txt"), filepath.Join(dir, "features-model-0.safetensors")
	best := filepath.Join(dir, "epoch-best.safetensors")
	for _, file := range []string{own, best, features} {
		if err := os.WriteFile(file, []byte("mine"), 0o644); err != nil {
			t.Fatal(err)
		}
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
	if _, err := os.Stat(features); err == nil {
		t.Error("features of the old run are left")
	}
	if mustRead(t, own) != "mine" || mustRead(t, best) != "mine" {
		t.Error("a file of the user was touched")
	}
}

// A resumed run has two command lines; an overwritten one keeps nothing of before.
func TestRunFolderKeepsItsCommandLines(t *testing.T) {
	dir := t.TempDir()
	for i, c := range []struct {
		o    Options
		want []string
	}{
		{Options{Command: "first", Overwrite: true}, []string{"first"}},
		{Options{Command: "go\non", Resume: true}, []string{"first", "go on"}},
		{Options{Resume: true}, []string{"first", "go on"}},
		{Options{Command: "anew", Overwrite: true}, []string{"anew"}},
		{Options{Overwrite: true}, nil},
	} {
		results := []string{
			EvalPath(dir), ValidationPath(dir), CurvePath(dir), ValidationCurvePath(dir), transferPath(dir),
			SegmentationPath(dir), segmentedPath(dir),
		}
		for _, path := range slices.Clone(results) {
			results = append(results, checkpoint.Previous(path))
		}
		for _, path := range append(results, ReportPath(dir)) {
			if err := os.WriteFile(path, nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		c.o.Out, c.o.MaxSteps = dir, 1
		mustRun(t, tinyTask(t, 1), c.o)
		got, err := ReadCommands(dir)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("run %d: command lines %q, %v, want %q", i, got, err, c.want)
		}
		for _, path := range results {
			if _, err := os.Stat(path); (err == nil) != !c.o.Overwrite {
				t.Errorf("run %d: %s: %v", i, path, err)
			}
		}
	}
}

func TestTransferPathsAreThoseOfResults(t *testing.T) {
	dir := t.TempDir()
	want := []string{TransferPath(dir, "cifar10-1"), TransferPath(dir, "folder-2")}
	for _, path := range append(slices.Clone(want), checkpoint.Previous(want[0]), EvalPath(dir),
		filepath.Join(dir, "transfer.json")) {
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := TransferPaths(dir); err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
	segmented := SegmentedPath(dir, "bsds500-3")
	for _, path := range []string{segmented, checkpoint.Previous(segmented), SegmentationPath(dir),
		checkpoint.Previous(SegmentationPath(dir))} {
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := SegmentedPaths(dir); err != nil || !slices.Equal(got, []string{segmented}) {
		t.Errorf("%q, %v, want %s", got, err, segmented)
	}
	if _, err := TransferPaths(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
}
