package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/train"
)

func TestACurveHasEveryKeptEpochAndTheLastState(t *testing.T) {
	run := filepath.Join(t.TempDir(), "run")
	args := append(tiny(run, "--keep-epochs", "1,2"), "--data", "shapes:train=22,test=9")
	if _, _, err := execute(args...); err != nil {
		t.Fatal(err)
	}
	const small = "shapes:size=24,train=22,test=9" // of which each result has a note
	curveOf := []string{"eval", "--model", run, "--data", small, "--protocol", "linear,knn", "--k", "3",
		"--probes", "1", "--refresh-batch", "10", "--curve"}
	text, _, err := execute(append(curveOf, "--json")...)
	if err != nil {
		t.Fatal(err)
	}
	var curve eval.Curve
	if err := json.Unmarshal([]byte(text), &curve); err != nil {
		t.Fatal(err)
	}
	if len(curve) != 3 {
		t.Fatalf("%d points, want epochs 1, 2 and 3", len(curve))
	}
	for i, p := range curve {
		if p.Epoch != float64(i+1) || p.Result.Step != 5*(i+1) || !(p.Minutes > 0) {
			t.Errorf("point %d: epoch %g, update %d, %g minutes", i, p.Epoch, p.Result.Step, p.Minutes)
		}
		baselines := p.Result.Row(eval.RawPixels, eval.Linear).Protocol != ""
		if baselines != (i == 2) {
			t.Errorf("point %d: baselines %t", i, baselines)
		}
	}
	kept, err := eval.ReadResult([]byte(read(t, train.EvalPath(run))))
	if err != nil || kept.Step != 15 {
		t.Errorf("kept in the run: %v, %v", kept, err)
	}
	text, _, err = execute(curveOf...)
	table, notes, _ := strings.Cut(text, "\n\n")
	if err != nil || strings.Count(table, "\n") != 3 ||
		!strings.Contains(table, "epoch   updates   minutes   linear, %") {
		t.Errorf("%v, not a line for each point:\n%s", err, text)
	}
	if strings.Count(notes, "Images of 24×24 are enlarged") != 1 {
		t.Errorf("not once what each result notes:\n%s", text)
	}
}

func TestACurveNeedsKeptEpochs(t *testing.T) {
	run := tinyRun(t)
	for model, want := range map[string]string{
		run:                       "has no epoch-N.safetensors: train with --keep-epochs",
		train.CheckpointPath(run): "is not a run folder",
	} {
		_, _, err := execute("eval", "--model", model, "--data", fewShapes, "--curve")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", model, err, want)
		}
	}
}
