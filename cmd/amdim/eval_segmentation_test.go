package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/mixture"
	"github.com/amdim/amdim/train"
)

// mixedRun pretrains a very small network with a mixture for two updates.
func mixedRun(t *testing.T) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "run")
	_, messages, err := execute("pretrain", "--preset", "demo", "--data", fewShapes, "--out", out,
		"--max-steps", "2", "--epochs", "1", "--batch", "16", "--mix-k", "3", "--mix-tau", "5",
		"--set", "model.ndf=4", "--set", "model.n_rkhs=16", "--set", "model.n_depth=1")
	if err != nil {
		t.Fatalf("%v\n%s", err, messages)
	}
	return out
}

func TestEvalMeasuresSegmentation(t *testing.T) {
	run := mixedRun(t)
	args := []string{"eval", "--model", run, "--data", fewShapes, "--protocol", "segmentation", "--images", "4"}
	out, messages, err := execute(args...)
	if err != nil {
		t.Fatalf("%v\n%s", err, messages)
	}
	for _, want := range []string{"segments", "oracle IoU", "mixture", "k-means on f7", "one segment"} {
		if !strings.Contains(out, want) {
			t.Errorf("stdout lacks %q:\n%s", want, out)
		}
	}
	first, err := eval.ReadSegmented([]byte(read(t, train.SegmentationPath(run))))
	if err != nil || first.Images != 4 || first.Data != fewShapes || first.Split != "test" || first.Step != 2 {
		t.Errorf("kept %+v, %v", first, err)
	}
	used := first.Config.Segment
	if tau := first.Network.Mix.Temperature(); used.Tau != tau || used.Step != used.Spacing(first.Network) ||
		first.Sides != [2]int{32, 128} {
		t.Errorf("kept %+v and sides %v, want the values that were used", used, first.Sides)
	}
	_, messages, err = execute(append(args, "--json")...)
	if err != nil || strings.Contains(messages, "no longer holds") {
		t.Errorf("the same again: %v\n%s", err, messages)
	}
	out, messages, err = execute(append(args, "--json", "--no-baselines")...) // with the negatives kept now
	var again eval.Segmented
	if err != nil || json.Unmarshal([]byte(out), &again) != nil {
		t.Fatalf("%v in %s", err, out)
	}
	if !strings.Contains(messages, "segmentation.json no longer holds segmentation of update 2") {
		t.Errorf("baselines are thrown away: %s", messages)
	}
	if len(again.Rows) != 1 || again.Rows[0].Mean != first.Rows[0].Mean {
		t.Errorf("again %+v, first %+v", again.Rows, first.Rows)
	}
	want := mixture.Origin{Count: 240, Data: fewShapes, Images: 60, Seed: 1}
	if first.Negatives != want || again.Negatives != want {
		t.Errorf("negatives learnt %+v, restored %+v, want %+v", first.Negatives, again.Negatives, want)
	}
	_, messages, err = execute(append(args, "--no-baselines", "--fit", "3")...)
	aside := "note: segmentation.json no longer holds segmentation of update 2 on " + fewShapes +
		", test; that result is kept as " +
		checkpoint.Previous(train.SegmentationPath(run))
	if err != nil || !strings.Contains(messages, aside) {
		t.Errorf("%v, %s\nwant %s", err, messages, aside)
	}
	want = mixture.Origin{Count: 36, Data: "shapes:train=9", Images: 9, Seed: 1}
	out, _, err = execute(append(args, "--json", "--no-baselines", "--negatives", want.Data)...)
	if err != nil || json.Unmarshal([]byte(out), &again) != nil || again.Negatives != want {
		t.Errorf("negatives %+v, want %+v, %v", again.Negatives, want, err)
	}
}

// Settings are tuned on a split and measured on another, and one data set says little of the
// next: no result takes the place of one of other images.
func TestSegmentationOfOtherImagesIsApart(t *testing.T) {
	run := mixedRun(t)
	args := strings.Fields("eval --protocol segmentation --images 2 --no-baselines --model " + run + " --data")
	const other = "shapes:train=9,test=5"
	var all []string
	onTrain := []string{fewShapes, "--split", "train"}
	for i, flags := range [][]string{{fewShapes}, {other}, onTrain, {other}, {fewShapes}} {
		_, messages, err := execute(append(args, flags...)...)
		if err != nil || strings.Contains(messages, "no longer holds") {
			t.Fatalf("%q: %v\n%s", flags, err, messages)
		}
		if all, err = train.SegmentedPaths(run); err != nil || len(all) != min(i, 2) {
			t.Errorf("%q: %q, %v", flags, all, err)
		}
	}
	first, err := eval.ReadSegmented([]byte(read(t, train.SegmentationPath(run))))
	if err != nil || first.Data != fewShapes || first.Split != "test" || first.Digest == "" {
		t.Errorf("the first is of %s, %s, digest %q, %v", first.Data, first.Split, first.Digest, err)
	}
	page, _ := reported(t, run, "--images", "0", "--segmented", "0")
	for _, want := range []string{"2 held-out images of " + fewShapes, "<h3>On " + other + ", test</h3>",
		"2 held-out images of " + other, "<h3>On " + fewShapes + ", train</h3>", "2 train images of " + fewShapes} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	put(t, all[0], []byte("{}"))
	if _, _, err := execute("report", run); err == nil || !strings.Contains(err.Error(), all[0]) {
		t.Errorf("damaged: %v", err)
	}
}

// What a finished mixture needs lies beside it; of the baselines the random encoder
// learns from images.
func TestEvalMeasuresSegmentationWhereTheImagesAreGone(t *testing.T) {
	dir, run := photos(t, 24), filepath.Join(t.TempDir(), "run")
	args := []string{"pretrain", "--preset", "demo", "--data", "folder:" + dir, "--out", run, "--epochs", "1",
		"--batch", "16", "--mix-k", "3", "--max-unreadable", "0.5",
		"--set", "model.ndf=4", "--set", "model.n_rkhs=16", "--set", "model.n_depth=1"}
	if _, messages, err := execute(args...); err != nil {
		t.Fatalf("%v\n%s", err, messages)
	}
	measure := []string{"eval", "--model", run, "--data", fewShapes,
		"--protocol", "segmentation", "--images", "3"}
	ways := func(args ...string) (string, string) {
		t.Helper()
		_, messages, err := execute(append(measure, args...)...)
		if err != nil {
			t.Fatalf("%v\n%s", err, messages)
		}
		r, err := eval.ReadSegmented([]byte(read(t, train.SegmentationPath(run))))
		if err != nil {
			t.Fatal(err)
		}
		names := ""
		for _, row := range r.Rows {
			names += row.Way + ", "
		}
		return fmt.Sprint(names, r.Row(eval.Mixture).Mean), messages
	}
	whole, _ := ways()
	if err := os.Rename(dir, dir+" moved"); err != nil {
		t.Fatal(err)
	}
	alone, messages := ways("--no-baselines")
	if strings.Count(messages, "note: ") != 1 || !strings.Contains(messages, "no longer holds") ||
		strings.Contains(messages, "reading") {
		t.Errorf("the mixture alone says %q", messages)
	}
	without, messages := ways()
	random := eval.RandomMixture + ", " + eval.RandomF7 + ", "
	if !strings.Contains(whole, random) || without != strings.Replace(whole, random, "", 1) ||
		!strings.HasPrefix(alone, eval.Mixture+", {") {
		t.Errorf("measured %s, without the images %s, the mixture alone %s", whole, without, alone)
	}
	if !strings.Contains(messages, "note: left out: a random encoder") || !strings.Contains(messages, dir) ||
		!strings.Contains(messages, "; use --negatives to name others") {
		t.Errorf("without the images: %q", messages)
	}
	if page, _ := reported(t, run, "--images", "20"); !strings.Contains(page, "Left out: a random encoder") {
		t.Error("the page does not say what is left out")
	}
	if err := os.Remove(train.NegativesPath(train.CheckpointPath(run))); err != nil {
		t.Fatal(err)
	}
	_, _, err := execute(measure...)
	if err == nil || !strings.Contains(err.Error(), "; use --negatives to name others") {
		t.Errorf("with neither images nor negatives: %v", err)
	}
}

func TestEvalNamesWhatIsWrongWithSegmentation(t *testing.T) {
	mixed, plain := mixedRun(t), tinyRun(t)
	for want, args := range map[string][]string{
		"by itself":     {"--model", mixed, "--data", fewShapes, "--protocol", "linear,segmentation"},
		"no mixture":    {"--model", plain, "--data", fewShapes, "--protocol", "segmentation"},
		"step = 3":      {"--model", mixed, "--data", fewShapes, "--protocol", "segmentation", "--step", "3"},
		`--split "val"`: {"--model", mixed, "--data", fewShapes, "--protocol", "segmentation", "--split", "val"},
		"nobody has segmented": {"--model", mixed, "--data", "folder:" + photos(t, 4), "--protocol", "segmentation",
			"--split", "train"},
		`--upsample "nearest"`: {
			"--model", mixed, "--data", fewShapes, "--protocol", "segmentation", "--upsample", "nearest",
		},
		"--side is for --protocol segmentation":       {"--model", mixed, "--data", fewShapes, "--side", "64"},
		"--graphs is not for --protocol segmentation": {"--protocol", "segmentation", "--graphs"},
		"--probes is not for --protocol segmentation": {"--protocol", "segmentation", "--probes", "3"},
		"or segmentation by itself": {
			"--model", mixed, "--data", fewShapes, "--protocol", "segmnt",
		},
		"--negatives: eval: segm": {
			"--model", mixed, "--data", fewShapes, "--protocol", "segmentation", "--negatives", "folder:none",
		},
	} {
		_, _, err := execute(append([]string{"eval"}, args...)...)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: error %v, want %s", args, err, want)
		}
	}
}
