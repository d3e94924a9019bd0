package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/amdim/amdim/train"
)

// planTiny is a command line that measures little.
func planTiny(more ...string) []string {
	args := []string{
		"plan", "--preset", "demo", "--data", "shapes:train=60,test=1", "--batch", "8", "--epochs", "3",
		"--set", "model.ndf=4", "--set", "model.n_rkhs=16", "--seconds", "0.01",
	}
	return append(args, more...)
}

func TestPlanSaysWhatToRunNext(t *testing.T) {
	out, messages, err := execute(planTiny()...)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"fits: batch 8 needs up to", "one epoch of 60 images in 7 updates", "3 epochs: ",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	want := "next: amdim pretrain --preset demo --data shapes:train=60,test=1 --out runs/demo " +
		"--set model.ndf=4 --set model.n_rkhs=16 --epochs 3 --batch 8\n"
	if !strings.HasSuffix(messages, want) {
		t.Errorf("messages %q, want %q at their end", messages, want)
	}
}

func TestPlanSaysWhyItTakesASmallerBatch(t *testing.T) {
	_, messages, err := execute("plan", "--preset", "demo", "--data", "shapes:train=60,test=1",
		"--seconds", "0.01", "--set", "model.ndf=4", "--set", "model.n_rkhs=16", "--set", "train.batch=32")
	want := "note: 60 images make 1 update of 32 per epoch; with --batch 16, 3\nnext: amdim pretrain "
	if err != nil || !strings.Contains(messages, want) {
		t.Errorf("%v, messages %q, want %q", err, messages, want)
	}
}

func TestPlanNamesOneBatch(t *testing.T) {
	out, messages, err := execute("plan", "--preset", "demo", "--images", "100", "--seconds", "0.01",
		"--set", "model.ndf=4", "--set", "model.n_rkhs=16", "--set", "train.batch=128")
	if err != nil || !strings.Contains(out, "use --batch 16\n") || !strings.Contains(messages, "--batch 16\n") {
		t.Errorf("%v, printed\n%smessages %q", err, out, messages)
	}
}

func TestPlanAdvisesOtherWeightsForFewImages(t *testing.T) {
	for images, few := range map[int]bool{999: true, 1000: false} {
		shapes := fmt.Sprintf("shapes:train=%d,test=1", images)
		_, messages, err := execute("plan", "--preset", "demo", "--data", shapes,
			"--seconds", "0.01", "--set", "model.ndf=4", "--set", "model.n_rkhs=16", "--batch", "8")
		want := "note: 999 images are few to learn from alone; pretrain --init RUN begins with"
		if err != nil || strings.Contains(messages, want) != few {
			t.Errorf("%d images: %v, messages %q", images, err, messages)
		}
	}
}

func TestPlanTakesTheSettingsOfTheRunToBeginWith(t *testing.T) {
	run := tinyRun(t)
	args := []string{"plan", "--init", run, "--data", "shapes:train=60,test=1",
		"--seconds", "0.01", "--batch", "8"}
	out, messages, err := execute(args...)
	if err != nil || !strings.Contains(out, "32 px, ndf 4,") {
		t.Errorf("%v, printed\n%s", err, out)
	}
	want := "next: amdim pretrain --init " + run + " --data shapes:train=60,test=1 " +
		"--out runs/run-next --batch 8\n"
	if strings.Contains(messages, "few to learn from") || !strings.HasSuffix(messages, want) {
		t.Errorf("messages %q, want %q at their end", messages, want)
	}
	t.Chdir(run)
	_, messages, err = execute("plan", "--init", ".", "--seconds", "0.01", "--images", "60")
	if err != nil || !strings.Contains(messages, " --out runs/run-next") {
		t.Errorf("of the folder here: %v, messages %q", err, messages)
	}
	_, messages, err = execute("plan", "--init", "checkpoint.safetensors", "--seconds", "0.01", "--images", "60")
	if err != nil || !strings.Contains(messages, " --out runs/run-next") {
		t.Errorf("of the checkpoint: %v, messages %q", err, messages)
	}
	_, _, err = execute(append(args, "--set", "model.n_rkhs=32")...)
	if exitCode(err) != exitUsage || !strings.Contains(err.Error(), "its model.n_rkhs is 16, not 32") {
		t.Errorf("another encoder: %v", err)
	}
	path := train.CheckpointPath(run)
	damaged := []byte(read(t, path))
	damaged[len(damaged)-9] ^= 1
	put(t, path, damaged)
	if _, _, err := execute(args...); exitCode(err) != exitFailure || !strings.Contains(err.Error(), "SHA-256") {
		t.Errorf("a damaged checkpoint: %v", err)
	}
}

func TestPlanAsJSONIsWholeAndOnStdoutAlone(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	out, _, err := execute(planTiny("--json", "--batch", "64")...)
	if err != nil {
		t.Fatal(err)
	}
	var r planResult
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v in %q", err, out)
	}
	if r.Plan == nil || r.Batch != 64 || len(r.Memory.Measured) != 3 || r.Speed.PairsPerSecond <= 0 {
		t.Errorf("plan %s", out)
	}
	verdicts := strings.Join(r.Verdicts, "\n")
	if !strings.HasSuffix(r.Next, "--batch 16") || !strings.Contains(verdicts, "too few images") {
		t.Errorf("60 images for a batch of 64: %q, next %q", r.Verdicts, r.Next)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("plan wrote %v, %v", left, err)
	}
}

func TestPlanNeedsNoData(t *testing.T) {
	args := []string{
		"plan", "--preset", "demo", "--batch", "4", "--seconds", "0.01", "--images", "80", "--epochs", "2",
		"--set", "model.ndf=4", "--set", "model.n_rkhs=16",
	}
	out, _, err := execute(args...)
	if err != nil || !strings.Contains(out, "80 images in 20 updates") {
		t.Errorf("%v, %s", err, out)
	}
}

// A pack is mapped: its images are named, and no part of what training needs.
func TestPlanSaysHowLargeTheImagesOfAPackAre(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pack")
	mustRun(t, "data pack --out", dir, "shapes:train=60,test=1")
	out, _, err := execute(planTiny("--data", "packed:"+dir)...)
	if err != nil || !strings.Contains(out, "images   180 KiB in the pack, 3 KiB each: cached by the system") {
		t.Errorf("%v, %s", err, out)
	}
}

func TestPlanRefusesWhatIsWrong(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"plan"}, exitUsage, "--preset or --config is missing"},
		{planTiny("--images", "5"), exitUsage, "cannot be combined"},
		{planTiny("--seconds", "0"), exitUsage, "--seconds 0"},
		{planTiny("--images", "-1"), exitUsage, "--images -1"},
		{planTiny("--batch", "1"), exitUsage, "batch = 1"},
		{planTiny("--data", "cifar10:"+missing), exitFailure, missing},
	} {
		_, _, err := execute(c.args...)
		if err == nil || !strings.Contains(err.Error(), c.want) || exitCode(err) != c.code {
			t.Errorf("%v: %v, want %q and code %d", c.args, err, c.want, c.code)
		}
	}
}
