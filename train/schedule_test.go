package train

import (
	"encoding/json"
	"fmt"
	"math"
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
	past = append(past, checkpoint.Schedule{Until: 54, Epochs: 12, LR: 1e-3, Drops: [2]float64{0.5, 0.9}})
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
		"it has made 11 updates of training, so that 2 epochs are too few: name at least 3")
	if settings := mustRead(t, dir+"/config.json"); !strings.Contains(settings, `"epochs":3`) {
		t.Errorf("the run's settings have changed: %s", settings)
	}
}
