package main

import (
	"strings"
	"testing"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/eval"
)

func TestEvalFitsProbesToFewImages(t *testing.T) {
	run := tinyRun(t)
	for _, c := range []struct {
		flags string
		batch int
		note  string
	}{
		{"--protocol linear --probes 1", 10,
			"note: probes learn in batches of 10, not 500, so that 60 train images give"},
		{"--protocol mlp --probes 1 --probe-batch 500", 500, ""},
		{"--protocol linear --probes 1 --probe-batch 20", 20, ""},
		{"--protocol knn --k 5", 10, ""}, // no probe learns
	} {
		args := append([]string{"eval", "--model", run, "--data", fewShapes, "--no-baselines",
			"--json"}, strings.Fields(c.flags)...)
		out, messages, err := execute(args...)
		if err != nil {
			t.Fatal(err)
		}
		r, err := eval.ReadResult([]byte(out))
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Config.Probe.Batch; got != c.batch {
			t.Errorf("%s: batches of %d, want %d", c.flags, got, c.batch)
		}
		if said := strings.Contains(messages, "probes learn in batches"); said != (c.note != "") ||
			!strings.Contains(messages, c.note) {
			t.Errorf("%s: messages %q, want %q", c.flags, messages, c.note)
		}
	}
}

// A classifier of a fold learns from its images alone; the paper's schedule is the paper's.
func TestProbesAreFittedToTheSmallestFold(t *testing.T) {
	set, err := data.Open("shapes:train=60,test=2", data.Train, data.Options{})
	if err != nil {
		t.Fatal(err)
	}
	images, err := encoder.NewImages(set, 32, augment.CIFAR())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		schedule string
		folds    [][]int
		want     int
	}{
		{scheduleRecord, nil, 10}, {scheduleRecord, [][]int{make([]int, 40), make([]int, 12)}, 3},
		{schedulePaper, nil, 480},
	} {
		e := evaluate{config: eval.Default(), schedule: c.schedule}
		if c.schedule == schedulePaper {
			e.config.Probe = e.config.Paper
		}
		v := eval.Evaluation{Config: e.config, Train: images, Folds: c.folds}
		v.Model.NRKHS = 16
		e.fitProbe(evalCommand(), &v)
		if v.Config.Probe.Batch != c.want {
			t.Errorf("%s, %d folds: %d in a batch, want %d", c.schedule, len(c.folds), v.Config.Probe.Batch, c.want)
		}
	}
}
