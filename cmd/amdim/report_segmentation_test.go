package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/mixture"
	"github.com/amdim/amdim/train"
)

// reported is the page of a run.
func reported(t *testing.T, args ...string) (page, messages string) {
	t.Helper()
	_, messages, err := execute(append([]string{"report"}, args...)...)
	if err != nil {
		t.Fatalf("%v\n%s", err, messages)
	}
	return read(t, train.ReportPath(args[0])), messages
}

const oneCut = `<div class="cut">`

// replaced is a run whose segmentation.json is another.
func replaced(t *testing.T, run, from, to string) {
	t.Helper()
	path := train.SegmentationPath(run)
	text := strings.Replace(read(t, path), from, to, 1)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestReportShowsSegmentation(t *testing.T) {
	run := mixedRun(t)
	page, messages := reported(t, run, "--images", "20", "--segmented", "2")
	for _, want := range []string{
		"<h2>Segmentation</h2>", "Not measured yet", "--protocol segmentation --data bsds500:DIR",
		"4 of 40 held-out images, evenly spaced",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("page before it was measured lacks %q", want)
		}
	}
	if n := strings.Count(page, oneCut); n != 4 || !strings.Contains(messages, "no negatives are kept") {
		t.Errorf("%d images, want 4; stderr %q", n, messages)
	}
	if _, err := os.Stat(train.NegativesPath(train.CheckpointPath(run))); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the report has kept its negatives: %v", err)
	}

	_, messages, err := execute("eval", "--model", run, "--data", fewShapes, "--protocol",
		eval.SegmentationProtocol, "--images", "7")
	if err != nil {
		t.Fatalf("%v\n%s", err, messages)
	}
	page, _ = reported(t, run, "--images", "20")
	for _, want := range []string{
		"By adjusted Rand index the mixture is ahead of", "<th>oracle IoU ↑</th>",
		"7 held-out images of " + fewShapes, "240 negatives of 60 images of " + fewShapes + " drawn by seed 1",
		"the 4 of 7 measured images with the highest adjusted Rand index", "the 3 of 7", "object and ground",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("page lacks %q", want)
		}
	}
	if n := strings.Count(page, oneCut); n != 7 ||
		strings.Contains(page, "Not measured yet. To do so, on images") {
		t.Errorf("%d images, want 7", n)
	}
	if strings.Contains(page, "may differ") {
		t.Error("the page doubts its own pictures")
	}
	for n, want := range map[string]int{"0": 0, "1": 2} {
		page, _ := reported(t, run, "--images", "20", "--segmented", n, "--data", "shapes:train=60,test=40,seed=2")
		if strings.Count(page, oneCut) != want {
			t.Errorf("--segmented %s: %d images, want %d", n, strings.Count(page, oneCut), want)
		}
	}
}

// The pictures are scored against what the measurement was, if it can be had.
func TestReportShowsTheMapsThatWereMeasured(t *testing.T) {
	run := mixedRun(t)
	_, messages, err := execute("eval", "--model", run, "--data", fewShapes, "--protocol",
		eval.SegmentationProtocol, "--images", "4", "--no-baselines", "--negatives", "shapes:train=9")
	if err != nil {
		t.Fatalf("%v\n%s", err, messages)
	}
	const differ = "The pictures may differ"
	if page, _ := reported(t, run); strings.Contains(page, differ) || strings.Count(page, oneCut) != 4 {
		t.Errorf("%d pictures, or they differ", strings.Count(page, oneCut))
	}
	replaced(t, run, `"data": "shapes:train=9"`, `"data": "folder:nowhere"`)
	page, messages := reported(t, run)
	if !strings.Contains(page, differ) || !strings.Contains(messages, "nowhere") {
		t.Errorf("the negatives are gone, and the page does not say so: %s", messages)
	}
}

// What is on the page does not hang on what has moved since.
func TestReportShowsTheSegmentationThatItCan(t *testing.T) {
	dir := photos(t, 24)
	run := filepath.Join(t.TempDir(), "run")
	for _, args := range [][]string{
		{"pretrain", "--preset", "demo", "--data", "folder:" + dir, "--out", run,
			"--max-steps", "2", "--epochs", "1", "--batch", "16", "--mix-k", "3", "--max-unreadable", "0.5",
			"--set", "model.ndf=4", "--set", "model.n_rkhs=16", "--set", "model.n_depth=1"},
		{"eval", "--model", run, "--data", fewShapes, "--protocol", eval.SegmentationProtocol, "--images", "4",
			"--no-baselines"},
	} {
		if _, messages, err := execute(args...); err != nil {
			t.Fatalf("%v\n%s", err, messages)
		}
	}
	if err := os.Rename(dir, dir+" moved"); err != nil {
		t.Fatal(err)
	}
	page, _ := reported(t, run, "--images", "20")
	for _, want := range []string{
		"Best segmented", "no baseline was measured", "the network learnt from folder:",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("without the run's images the page lacks %q", want)
		}
	}
	if err := os.Rename(dir+" moved", dir); err != nil {
		t.Fatal(err)
	}
	replaced(t, run, `"data": "shapes:train=60,test=40"`, `"data": "bsds500:nowhere"`)
	page, messages := reported(t, run, "--images", "20")
	if !strings.Contains(page, "2 of 2 held-out images, evenly spaced") ||
		!strings.Contains(messages, "nowhere") {
		t.Errorf("without the measured images: %q", messages)
	}
	replaced(t, run, `"data": "bsds500:nowhere"`, `"data": "shapes:train=60,test=3"`)
	_, messages = reported(t, run, "--images", "20")
	if !strings.Contains(messages, "was measured, but there are 3 now") {
		t.Errorf("with fewer images than were measured: %q", messages)
	}
	replaced(t, run, `"step": 1`, `"step": 9`)
	page, _ = reported(t, run, "--images", "20")
	if !strings.Contains(page, "Measured after update 9; the run is now at update 1") {
		t.Error("the page does not say that the measurement is of another update")
	}
	replaced(t, run, `"rows"`, `"columns"`)
	_, _, err := execute("report", run)
	if err == nil || !strings.Contains(err.Error(), train.SegmentationPath(run)) {
		t.Errorf("a damaged result: %v", err)
	}
}

// The tasks need not have scale 7: without it there are no maps of matching scores,
// and no places that a mixture could segment.
func TestReportOfARunWithoutScaleSeven(t *testing.T) {
	run := filepath.Join(t.TempDir(), "run")
	args := tiny(run, "--epochs", "1", "--max-steps", "2", "--set", "model.pairs=1-5,5-5", "--mix-k", "3")
	const pair = "train one with the pair 1-7 in model.pairs"
	_, messages, err := execute(args...)
	if err != nil || !strings.Contains(messages, ": "+pair+"\n") {
		t.Fatalf("%v\n%s", err, messages)
	}
	page, _ := reported(t, run)
	for _, want := range []string{
		"<h2>Nearest neighbours", "No image can be segmented", "none of its tasks has scale 7",
		"Train one with the pair 1-7 in model.pairs.",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("page lacks %q", want)
		}
	}
	if strings.Contains(page, "Where the network finds the query") || strings.Contains(page, oneCut) {
		t.Error("the page has maps of a head that was not trained")
	}
	for _, args := range [][]string{
		{"segment", "--model", run, "--data", fewShapes, "--out", run + "-segments"},
		{"eval", "--model", run, "--data", fewShapes, "--protocol", eval.SegmentationProtocol, "--images", "1"},
		{"report", run, "--segmented", "2"},
	} {
		_, _, err := execute(args...)
		if !errors.Is(err, mixture.ErrNoLocations) || !strings.HasSuffix(err.Error(), ": "+pair) {
			t.Errorf("amdim %q: %v", args, err)
		}
	}
}

// The settings of a damaged result must not be followed: no trunk has places 9 pixels apart.
func TestReportRefusesSettingsThatNoNetworkCanFollow(t *testing.T) {
	run := mixedRun(t)
	mustRun(t, "eval --data "+fewShapes+" --protocol segmentation --images 2 --no-baselines --model", run)
	replaced(t, run, "\"side\": 0,\n      \"step\": 2", `"side": 0, "step": 9`)
	path := train.SegmentationPath(run)
	_, _, err := execute("report", run)
	if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "step = 9") {
		t.Errorf("%v", err)
	}
}
