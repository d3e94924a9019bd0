package train

import (
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/optim"
)

// scheduled is tinyTask with another schedule, which its settings hold.
func scheduled(t *testing.T, epochs int, lr float64, drops optim.Shares) Task {
	t.Helper()
	task := tinyTask(t, 1)
	task.Train.Epochs, task.Train.LR, task.Train.Drops = epochs, lr, drops
	task.Settings = fmt.Appendf(nil, `{"train":%s}`, asJSON(t, task.Train))
	return task
}

func asJSON(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestResumedRunFollowsAnotherSchedule(t *testing.T) {
	dir := t.TempDir()
	mustRun(t, scheduled(t, 30, 1e-3, optim.Shares{}), Options{Out: dir, LogSteps: 1, MaxSteps: 54})
	if m := metaOf(t, dir); m.Schedules != nil {
		t.Fatalf("a run that followed one schedule has %v", m.Schedules)
	}
	var notices []string
	notice := func(format string, args ...any) { notices = append(notices, fmt.Sprintf(format, args...)) }
	shorter := scheduled(t, 12, 1e-3, optim.Shares{0.5, 0.9})
	o := Options{Out: dir, LogSteps: 1, MaxSteps: 54, Resume: true, OnNotice: notice}
	mustRun(t, shorter, o) // no update: as if killed before the next checkpoint
	past := []checkpoint.Schedule{{Until: 54, Epochs: 30, LR: 1e-3}}
	m := metaOf(t, dir)
	if !reflect.DeepEqual(m.Schedules, past) || string(m.Config) != string(shorter.Settings) {
		t.Errorf("the checkpoint has %+v and settings %s, want %+v", m.Schedules, m.Config, past)
	}
	want := "from update 55 on the run has 12 epochs, not 30, drops [0.5 0.9], not [0 0]: " +
		"the learning rate is 0.0002"
	if len(notices) != 1 || notices[0] != want {
		t.Errorf("notices %q, want %q", notices, want)
	}
	o.MaxSteps = 0
	if r := mustRun(t, scheduled(t, 14, 2e-3, optim.Shares{}), o); r.Step != 70 {
		t.Errorf("%d updates, want 70", r.Step)
	}
	if m := metaOf(t, dir); m.Step != 70 || !reflect.DeepEqual(m.Schedules, past) {
		t.Errorf("after %d updates %+v, want 70 and %+v", m.Step, m.Schedules, past)
	}
	for _, r := range mustRecords(t, dir)[54:] {
		rate := 2e-3
		if r.Step > 12*5 { // the first of its drops; the second would be after epoch 14
			rate /= 5
		}
		if math.Abs(r.LR-rate) > 1e-12 {
			t.Errorf("update %d has a rate of %g, want %g", r.Step, r.LR, rate)
		}
	}
}

func TestResumeRefusesFewerEpochsThanAreMade(t *testing.T) {
	dir := t.TempDir()
	mustRun(t, scheduled(t, 3, 1e-3, optim.Shares{}), Options{Out: dir, MaxSteps: 11})
	refuses(t, "two epochs", dir, scheduled(t, 2, 1e-3, optim.Shares{}), Options{Out: dir, Resume: true},
		"it has made 11 updates of training, so that epochs = 2 is too few: name at least 3")
	if settings := mustRead(t, dir+"/config.json"); !strings.Contains(settings, `"epochs":3`) {
		t.Errorf("the run's settings have changed: %s", settings)
	}
}

// A schedule that no update followed leaves no trace, and one that is taken up again goes on.
func TestSchedulesThatNoUpdateFollowedAreForgotten(t *testing.T) {
	whole, dir := t.TempDir(), t.TempDir()
	task := func(epochs int) Task { return scheduled(t, epochs, 1e-3, optim.Shares{}) }
	mustRun(t, task(3), Options{Out: whole})
	mustRun(t, task(3), Options{Out: dir, MaxSteps: 7})
	mustRun(t, task(8), Options{Out: dir, MaxSteps: 7, Resume: true})
	mustRun(t, task(3), Options{Out: dir, Resume: true})
	if mustRead(t, CheckpointPath(whole)) != mustRead(t, CheckpointPath(dir)) {
		t.Errorf("checkpoints differ: %+v", metaOf(t, dir).Schedules)
	}
}

// The rate of a run that is made ten times as long does not rise a second time.
func TestALongerRunIsNotWarmedUpAgain(t *testing.T) {
	dir := t.TempDir()
	mustRun(t, scheduled(t, 6, 1e-3, optim.Shares{}), Options{Out: dir, LogSteps: 1, MaxSteps: 20})
	longer := scheduled(t, 60, 1e-3, optim.Shares{}) // by itself it would warm up for 30 updates
	var since, warmup int
	mustRun(t, longer, Options{
		Out: dir, LogSteps: 1, MaxSteps: 22, Resume: true,
		OnStart: func(s Status) { since, warmup = s.Since, s.Warmup },
	})
	mustRun(t, longer, Options{Out: dir, LogSteps: 1, MaxSteps: 24, Resume: true})
	for _, r := range mustRecords(t, dir)[3:] {
		if r.LR != 1e-3 {
			t.Errorf("update %d has a rate of %g", r.Step, r.LR)
		}
	}
	if warmup != 3 {
		t.Errorf("a warm-up of %d updates, want that of 6 epochs, 3", warmup)
	}
	if since != 20 || len(metaOf(t, dir).Schedules) != 1 {
		t.Errorf("its schedule is that since update %d, want 20; before: %+v", since, metaOf(t, dir).Schedules)
	}
}

func TestAShorterRunSaysWhatItWillNotKeep(t *testing.T) {
	dir := t.TempDir()
	task := func(epochs int) Task { return scheduled(t, epochs, 1e-3, optim.Shares{}) }
	mustRun(t, task(5), Options{Out: dir, MaxSteps: 7, KeepEpochs: []int{1, 4, 5}})
	var notices []string
	mustRun(t, task(3), Options{Out: dir, Resume: true, OnNotice: func(format string, args ...any) {
		notices = append(notices, fmt.Sprintf(format, args...))
	}})
	want := "epoch 4, 5 will not be kept: the run has 3 epochs"
	if len(notices) != 2 || notices[1] != want {
		t.Errorf("notices %q, want %q as the second", notices, want)
	}
}

// The members of a group are not told of the checkpoint; they follow its warm-up all the same.
func TestAGroupFollowsOneSchedule(t *testing.T) {
	one, root := t.TempDir(), t.TempDir()
	first := filepath.Join(root, "0")
	for _, dir := range []string{one, first} {
		mustRun(t, scheduled(t, 6, 1e-3, optim.Shares{}), Options{Out: dir, MaxSteps: 20})
	}
	longer := scheduled(t, 60, 1e-3, optim.Shares{})
	mustRun(t, longer, Options{Out: one, MaxSteps: 26, Resume: true})
	since := make([]int, 2)
	o := Options{MaxSteps: 26, Resume: true}
	mustEndAlike(t, runGroup(t, root, 2, o, func(rank int, k *Task, o *Options) {
		e := k.Engine
		*k = longer
		k.Engine, o.OnStep = e, func(s Status) { since[rank] = s.Since }
	}), 26)
	if mustRead(t, CheckpointPath(one)) != mustRead(t, CheckpointPath(first)) {
		t.Error("checkpoints differ")
	}
	if since[0] != 20 || since[1] != 20 {
		t.Errorf("the schedule is that since updates %d, want 20", since)
	}
}

func TestAChangeOfTheRateAloneIsKeptAndSaid(t *testing.T) {
	dir := t.TempDir()
	mustRun(t, scheduled(t, 3, 1e-3, optim.Shares{}), Options{Out: dir, MaxSteps: 4})
	var notices []string
	o := Options{Out: dir, MaxSteps: 4, Resume: true, OnNotice: func(format string, args ...any) {
		notices = append(notices, fmt.Sprintf(format, args...))
	}}
	mustRun(t, scheduled(t, 3, 5e-4, optim.Shares{}), o)
	want := "from update 5 on the run has lr 0.0005, not 0.001: the learning rate is 0.0005"
	if m := metaOf(t, dir); len(m.Schedules) != 1 || m.Schedules[0].LR != 1e-3 {
		t.Errorf("the checkpoint has %+v", m.Schedules)
	}
	if len(notices) != 1 || notices[0] != want {
		t.Errorf("notices %q, want %q", notices, want)
	}
}
