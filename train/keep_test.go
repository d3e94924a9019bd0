package train

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/internal/durable"
	"github.com/amdim/amdim/internal/lock"
)

// A kill or a full disk may come between the checkpoint and the epoch that is kept.
func TestMissedEpochIsKeptAtResume(t *testing.T) {
	dir := t.TempDir()
	mustRun(t, tinyTask(t, 1), Options{Out: dir, KeepEpochs: []int{1, 2}, MaxSteps: 10})
	end := mustRead(t, EpochPath(dir, 2))
	for _, epoch := range []int{1, 2} {
		if err := os.Remove(EpochPath(dir, epoch)); err != nil {
			t.Fatal(err)
		}
	}
	var notices []string
	notice := func(f string, args ...any) { notices = append(notices, fmt.Sprintf(f, args...)) }
	mustRun(t, tinyTask(t, 1), Options{Out: dir, Resume: true, MaxSteps: 11, OnNotice: notice})
	if mustRead(t, EpochPath(dir, 2)) != end {
		t.Error("epoch 2 is another")
	}
	if !slices.Equal(notices, []string{"epoch 1 was not kept, and the run is past it"}) {
		t.Errorf("%q", notices)
	}
}

// Whatever ends the run after an epoch was kept, it goes on from there and not from before.
func TestNoKeptEpochIsLaterThanTheCheckpoint(t *testing.T) {
	dir := t.TempDir()
	seen := false
	mustRun(t, tinyTask(t, 1), Options{Out: dir, KeepEpochs: []int{1}, MaxSteps: 8, OnStep: func(s Status) {
		kept, err := checkpoint.ReadRun(EpochPath(dir, 1))
		if err != nil {
			return // not yet
		}
		seen = true
		last, err := checkpoint.ReadRun(CheckpointPath(dir))
		if err != nil || last.Step < kept.Step {
			t.Errorf("after update %d the checkpoint is of update %d, %v; the epoch of %d",
				s.Step, last.Step, err, kept.Step)
		}
	}})
	if !seen {
		t.Error("no epoch was kept")
	}
}

// An epoch is made again where the checkpoint is from before its end.
func TestRepeatedEpochLeavesOneFile(t *testing.T) {
	dir := t.TempDir()
	mustRun(t, tinyTask(t, 1), Options{Out: dir, KeepEpochs: []int{1}, MaxSteps: 4})
	before := mustRead(t, CheckpointPath(dir))
	mustRun(t, tinyTask(t, 1), Options{Out: dir, Resume: true, MaxSteps: 6})
	if err := os.WriteFile(CheckpointPath(dir), []byte(before), 0o644); err != nil {
		t.Fatal(err)
	}
	mustRun(t, tinyTask(t, 1), Options{Out: dir, Resume: true, MaxSteps: 6})
	if _, err := os.Stat(checkpoint.Previous(EpochPath(dir, 1))); err == nil {
		t.Error("the same epoch is kept twice")
	}
}

func TestOverwriteLeavesNothingBesideEpochs(t *testing.T) {
	dir := t.TempDir()
	mustRun(t, tinyTask(t, 1), Options{Out: dir, MaxSteps: 1})
	epoch := EpochPath(dir, 3)
	left := []string{
		epoch, epoch + unfinished, checkpoint.Previous(epoch), NegativesPath(epoch),
		CheckpointPath(dir) + unfinished, filepath.Join(dir, "features-read-0.json"),
	}
	for _, path := range left {
		if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	mustRun(t, tinyTask(t, 1), Options{Out: dir, Overwrite: true, MaxSteps: 1})
	for _, path := range left {
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s is left", path)
		}
	}
}

// Features that an evaluation was writing may be gigabytes.
func TestOverwriteRemovesWhatAKillLeftBesideAnyFile(t *testing.T) {
	if !lock.Files {
		t.Skip("no locks that end with their process")
	}
	dir := t.TempDir()
	mustRun(t, tinyTask(t, 1), Options{Out: dir, MaxSteps: 1})
	f, err := durable.Beside(filepath.Join(dir, "features-0.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	found, err := filepath.Glob(filepath.Join(dir, ".features-0.*"))
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	if err := f.Discard(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(found[0], []byte("half"), 0o644); err != nil {
		t.Fatal(err)
	}
	mustRun(t, tinyTask(t, 1), Options{Out: dir, Overwrite: true, MaxSteps: 1})
	if _, err := os.Stat(found[0]); err == nil {
		t.Errorf("%s is left", found[0])
	}
}

// The updates since the last line would otherwise be in none, nor their time.
func TestStopRecordsTheLastUpdates(t *testing.T) {
	dir := t.TempDir()
	told := 0
	o := Options{Out: dir, MaxSteps: 4, LogSteps: 3, OnRecord: func(Record) { told++ }}
	if r := mustRun(t, tinyTask(t, 1), o); r.Latest.Step != 4 || told != 2 {
		t.Errorf("the last record is of update %d, told of %d", r.Latest.Step, told)
	}
	mustRun(t, tinyTask(t, 1), Options{Out: dir, MaxSteps: 5, LogSteps: 3, Resume: true})
	var at, means []int
	seconds := 0.
	for _, r := range mustRecords(t, dir) {
		at, means = append(at, r.Step), append(means, r.Mean)
		if r.Seconds <= seconds {
			t.Errorf("update %d after %g s, the one before after %g", r.Step, r.Seconds, seconds)
		}
		seconds = r.Seconds
	}
	if !slices.Equal(at, []int{3, 4, 5}) || !slices.Equal(means, []int{3, 1, 1}) {
		t.Errorf("records after updates %v, of %v updates", at, means)
	}
}

func mustRecords(t *testing.T, dir string) []Record {
	t.Helper()
	records, err := ReadMetrics(MetricsPath(dir))
	if err != nil {
		t.Fatal(err)
	}
	return records
}

// A kill while settings are written leaves those of before: another name of the old file
// shows whether it was written over.
func TestSettingsAreReplacedWhole(t *testing.T) {
	task := tinyTask(t, 1)
	for name, write := range map[string]func(folder string) error{
		"resume": func(folder string) error { return prepare(Options{Out: folder, Resume: true}, []byte("new")) },
		"fresh":  func(folder string) error { return prepare(Options{Out: folder}, []byte("new")) },
		"import": func(folder string) error { return AdoptFolder(folder, []byte("new"), "") },
	} {
		folder := t.TempDir()
		mustRun(t, task, Options{Out: folder, MaxSteps: 1})
		settings, old := filepath.Join(folder, settingsFile), filepath.Join(folder, "old")
		if err := os.Link(settings, old); err != nil {
			t.Skip(err)
		}
		if err := write(folder); err != nil {
			t.Fatal(err)
		}
		if got, was := mustRead(t, settings), mustRead(t, old); got != "new" || was != string(task.Settings) {
			t.Errorf("%s: %q, and the file of before is %q", name, got, was)
		}
	}
}
