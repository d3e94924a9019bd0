package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/train"
)

func TestACurveHasEveryKeptEpochAndTheLastState(t *testing.T) {
	run := filepath.Join(t.TempDir(), "run")
	args := append(tiny(run, "--keep-epochs", "1,2,3"), "--data", "shapes:train=22,test=9")
	if _, _, err := execute(args...); err != nil {
		t.Fatal(err)
	}
	const small = "shapes:size=24,train=22,test=9" // of which each result has a note
	curveOf := []string{"eval", "--model", run, "--data", small, "--protocol", "linear,knn", "--k", "3",
		"--probes", "1", "--curve"}
	text, messages, err := execute(append(curveOf, "--json")...)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(messages, "epoch 3\n") || strings.Count(messages, "last state\n") != 1 {
		t.Errorf("the epoch that is the last state is not measured once: %s", messages)
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
	kept := onOtherData(t, run)
	if len(kept) != 1 || kept[0].Step != 15 {
		t.Errorf("kept in the run: %v, %v", kept, err)
	}
	text, _, err = execute(curveOf...)
	table, notes, _ := strings.Cut(text, "\n\n")
	if err != nil || strings.Count(table, "\n") != 3 ||
		!strings.Contains(table, "epoch   updates   minutes   linear, %") {
		t.Errorf("%v, not a line for each point:\n%s", err, text)
	}
	page, _ := reported(t, run, "--images", "10")
	if strings.Count(page, "Accuracy on 9 test images of "+small+", %; dotted: chance</figcaption>") != 1 {
		t.Error("the page has no chart of the curve")
	}
	if strings.Count(notes, "Images of 24×24 are enlarged") != 1 {
		t.Errorf("not once what each result notes:\n%s", text)
	}
}

// A curve that does not measure again what the one before did leaves it, as a result does;
// one on validation images has a file of its own.
func TestTheCurveIsKeptInItsRun(t *testing.T) {
	run := filepath.Join(t.TempDir(), "run")
	const spec = "shapes:train=40,test=9"
	args := append(tiny(run, "--keep-epochs", "1", "--epochs", "2"), "--data", spec)
	if _, _, err := execute(args...); err != nil {
		t.Fatal(err)
	}
	measure := func(flags ...string) (messages string) {
		t.Helper()
		_, messages, err := execute(append([]string{"eval", "--model", run, "--data", spec,
			"--no-baselines", "--curve"}, flags...)...)
		if err != nil {
			t.Fatal(err)
		}
		return messages
	}
	path, held := train.CurvePath(run), train.ValidationCurvePath(run)
	for i, c := range []struct {
		flags          string
		want, previous string
	}{
		{"linear --probes 1", "linear", ""}, {"linear,knn --probes 1 --k 3", "linear knn-3", ""},
		{"knn --k 3", "knn-3", "linear knn-3"},
	} {
		said := measure(strings.Fields("--protocol " + c.flags)...)
		if got, _ := keptCurve(t, path); got != c.want ||
			!strings.Contains(said, "kept: "+path+"\nnext: ") {
			t.Errorf("%d: kept %q, want %q; said %s", i, got, c.want, said)
		}
		aside := "note: curve.json no longer holds the curve of update"
		if strings.Contains(said, aside) != (c.previous != "") {
			t.Errorf("%d: said %s", i, said)
		}
		if c.previous != "" {
			if got, _ := keptCurve(t, checkpoint.Previous(path)); got != c.previous {
				t.Errorf("set aside: %q, want %q", got, c.previous)
			}
		}
	}
	before := read(t, path)
	if strings.Contains(before, `"confusion"`) {
		t.Error("kept with a confusion matrix for each point")
	}
	measure("--protocol", "knn", "--k", "3", "--validation", "0.4")
	if _, share := keptCurve(t, held); share != 0.4 || read(t, path) != before {
		t.Errorf("a curve on validation images is of %g, or in the place of the other", share)
	}
	page, _ := reported(t, run, "--images", "10")
	for _, want := range []string{"Accuracy on 9 test images, %", "validation images, %; dotted"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// keptCurve is what the two points of a file of a curve are of.
func keptCurve(t *testing.T, path string) (protocols string, validation float64) {
	t.Helper()
	c, err := eval.ReadCurve([]byte(read(t, path)))
	if err != nil || len(*c) != 2 || (*c)[1].Epoch != 2 {
		t.Fatalf("%s: %+v, %v", path, c, err)
	}
	_, rows := (*c)[0].Result.Axes()
	return strings.Join(rows, " "), (*c)[0].Result.Validation
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
