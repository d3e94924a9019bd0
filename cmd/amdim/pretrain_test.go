package main

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/internal/shell"
	"github.com/amdim/amdim/train"
)

// tiny is a command line that makes 15 small updates in 3 epochs.
func tiny(out string, more ...string) []string {
	args := []string{
		"pretrain", "--preset", "demo", "--data", "shapes:train=22,test=1", "--out", out,
		"--batch", "4", "--epochs", "3",
		"--set", "model.ndf=4", "--set", "model.n_rkhs=16", "--set", "model.n_depth=1", "--log-steps", "1",
	}
	return append(args, more...)
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestPretrainPrintsItsResultAsJSON(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	out, messages, err := execute(tiny(dir, "--json", "--keep-epochs", "1,3")...)
	if err != nil {
		t.Fatal(err)
	}
	var r pretrainResult
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v in %q", err, out)
	}
	if r.Step != 15 || r.Steps != 15 || r.Latest.Step != 15 || r.Checkpoint != train.CheckpointPath(dir) {
		t.Errorf("result %+v", r)
	}
	if !strings.Contains(messages, "32 px 4/16/1 on 22 images of shapes:train=22,test=1") {
		t.Errorf("messages %q", messages)
	}
	if read(t, train.EpochPath(dir, 3)) != read(t, r.Checkpoint) {
		t.Error("epoch 3 is not the end of the run")
	}
}

func TestResumeNeedsNoSettings(t *testing.T) {
	whole, parts := t.TempDir(), t.TempDir()
	for _, args := range [][]string{
		tiny(whole, "--seed", "5", "--precision", "f32"),
		tiny(parts, "--seed", "5", "--precision", "f32", "--max-steps", "7"),
		{"pretrain", "--resume", "--out", parts},
	} {
		if _, _, err := execute(args...); err != nil {
			t.Fatal(err)
		}
	}
	if read(t, train.CheckpointPath(whole)) != read(t, train.CheckpointPath(parts)) {
		t.Error("checkpoints differ")
	}
}

func TestResumedRunTakesAnotherSchedule(t *testing.T) {
	dir := t.TempDir()
	mustRun(t, "", tiny(dir, "--max-steps", "12")...)
	_, messages, err := execute("pretrain", "--resume", "--out", dir, "--max-steps", "13",
		"--set", "train.drops=0.1,0.9")
	want := "next: amdim pretrain --resume --out " + dir + " --set 'train.drops=[0.1,0.9]'\n"
	if err != nil || !strings.HasSuffix(messages, want) {
		t.Errorf("%v, messages %q, want %q", err, messages, want)
	}
	again := []string{"pretrain", "--resume", "--out", dir, "--epochs", "4", "--set", "train.drops=0.5,0.9"}
	_, messages, err = execute(again...)
	want = "note: from update 14 on the run has 4 epochs, not 3, drops [0.5 0.9], not [0.1 0.9]: "
	if err != nil || !strings.Contains(messages, want) {
		t.Errorf("%v, messages %q, want %q", err, messages, want)
	}
	out, _, err := execute("inspect", dir)
	want = "20 updates made: epoch 4 finished, then batch 0; seed 1; the run has 4 epochs, " +
		"had 3 epochs (lr 0.001, drops [0.1 0.9]) until update 13, had 3 epochs (lr 0.001) until update 12"
	if err != nil || !strings.Contains(out, want) {
		t.Errorf("%v, %q, want %q", err, out, want)
	}
	mustRun(t, "inspect --verify", dir)
	_, _, err = execute("pretrain", "--resume", "--out", dir, "--lr", "1e-4")
	want = "it is finished, and no update would follow another rate: name more epochs than 4"
	if exitCode(err) != exitUsage || !strings.Contains(err.Error(), want) {
		t.Errorf("another rate for a finished run: %v, want %s", err, want)
	}
	_, _, err = execute("pretrain", "--resume", "--out", dir, "--epochs", "3")
	want = "it has made 20 updates of training, so that epochs = 3 is too few: name at least 4"
	if exitCode(err) != exitUsage || !strings.Contains(err.Error(), want) {
		t.Errorf("fewer epochs than are made: %v, want %s", err, want)
	}
}

func TestRunBeginsWithTheWeightsAndSettingsOfAnother(t *testing.T) {
	dir := t.TempDir()
	old, next := filepath.Join(dir, "old"), filepath.Join(dir, "new")
	mustRun(t, "", tiny(old, "--max-steps", "4", "--set", "augment.gray=0.5")...)
	adapt := []string{"pretrain", "--init", old, "--out", next, "--data", "shapes:train=30,seed=9,test=1",
		"--lr", "2e-3", "--mix-k", "2"}
	_, messages, err := execute(append(adapt, "--max-steps", "2", "--resume=auto")...)
	want := "from the weights of " + old + ", update 0 of 2, "
	if err != nil || !strings.Contains(messages, want) {
		t.Errorf("%v, messages %q, want %q", err, messages, want)
	}
	c, meta := settingsIn(t, next)
	if c.Model.NDF != 4 || c.Train.Batch != 4 || c.Augment.Gray != 0.5 || c.Train.LR != 2e-3 {
		t.Errorf("settings %+v", c)
	}
	if meta.Step != 2 || meta.Init == nil || meta.Init.Step != 4 || meta.Data.Images != 30 {
		t.Errorf("the checkpoint says %+v", meta)
	}
	if err := os.RemoveAll(old); err != nil {
		t.Fatal(err)
	}
	mustRun(t, "", append(adapt, "--max-steps", "3", "--resume=auto")...)
	eval := []string{"eval", "--model", next, "--data", "shapes:train=30,seed=9,test=20", "--protocol", "knn",
		"--k", "3", "--no-baselines", "--refresh-batch", "4", "--json"}
	out, _, err := execute(eval...)
	want = "The model began with weights learnt on shapes:train=22,test=1, which may hold images"
	if err != nil || !strings.Contains(out, want) {
		t.Errorf("%v, %q, want %q", err, out, want)
	}
	out, _, err = execute("inspect", next)
	want = "after 4 updates of shapes:train=22,test=1; at random: mix\n"
	if err != nil || !strings.Contains(out, "began with  weights SHA-256 ") || !strings.Contains(out, want) {
		t.Errorf("%v, %q, want %q", err, out, want)
	}
}

// What is said to be next can be done: it depends on what is known of the images.
func TestPretrainNamesANextCommandThatWorks(t *testing.T) {
	dir := t.TempDir()
	flat := photoFolder(t, "1.png", "2.png", "3.png", "4.png", "5.png")
	kaggle := photoFolder(t, "train/cat/1.png", "train/cat/2.png", "train/dog/3.png", "train/dog/4.png",
		"test/5.png")
	people := photoFolder(t, "images/train/1.png", "images/train/2.png", "images/train/3.png",
		"images/train/4.png", "images/val/5.png", "segmentations/train/1_0.png", "segmentations/train/2_0.png",
		"segmentations/train/3_0.png", "segmentations/train/4_0.png", "segmentations/val/5_0.png")
	for name, c := range map[string]struct{ data, flags, next string }{
		"classes":   {"shapes:train=4,test=30", "", "eval --model RUN --data shapes:train=4,test=30"},
		"none":      {"folder:" + flat, "", "report RUN"},
		"unclassed": {"folder:" + kaggle, "", "report RUN"},
		"segmented": {"bsds500:" + people, "", "report RUN"},
		"mixture": {"shapes:train=4,test=30", "--mix-k 2",
			"eval --model RUN --data shapes:train=4,test=30 --protocol segmentation"},
		"no places": {"shapes:train=4,test=30", "--mix-k 2 --set model.pairs=1-5,5-5",
			"eval --model RUN --data shapes:train=4,test=30"},
	} {
		run := filepath.Join(dir, name)
		args := append(tiny(run, "--data", c.data, "--epochs", "1"), strings.Fields(c.flags)...)
		_, messages, err := execute(args...)
		want := "next: amdim " + strings.ReplaceAll(c.next, "RUN", shell.Quote(run)) + "\n"
		if err != nil || !strings.Contains(messages, want) {
			t.Errorf("%s: %v, %s\nwant %s", name, err, messages, want)
		}
		segments := typed("segment", "--model", run, "--out", "segments", "IMAGE")
		if strings.Contains(messages, "next: "+segments+"\n") != (name == "mixture") {
			t.Errorf("%s: %s", name, messages)
		}
		if got := strings.Contains(messages, "collecting locations"); got != (name == "mixture") {
			t.Errorf("%s: locations are collected: %t", name, got)
		}
	}
	for name, c := range map[string]struct{ data, want string }{
		"segmented": {"bsds500:" + people, "no classes to tell apart: --protocol segmentation"},
		"unclassed": {"folder:" + kaggle, "test images are in none of the 2 classes, the first is test/5.png"},
	} {
		_, _, err := execute("eval", "--model", filepath.Join(dir, name), "--data", c.data)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("eval of %s images: %v, want %q", name, err, c.want)
		}
	}
}

// Looking for held-out images takes long on a large folder: nothing waits for it but the
// line that is about them.
func TestPretrainLooksForHeldOutImagesAtItsEnd(t *testing.T) {
	dir := photoFolder(t, "train/cat/1.png", "train/cat/2.png", "train/dog/3.png", "train/dog/4.png",
		"test/cat/5.png")
	c := pretrainCommand()
	c.SetContext(t.Context())
	c.SetErr(io.Discard)
	settings, err := config.Preset("demo")
	if err != nil {
		t.Fatal(err)
	}
	settings.Model.NDF, settings.Model.NRKHS, settings.Model.NDepth, settings.Train.Batch = 4, 16, 1, 4
	p := pretrain{options: train.Options{Out: filepath.Join(t.TempDir(), "run"), MaxSteps: 1, LogSteps: 1}}
	p.engine.name = "cpu"
	if _, err := p.fit(c, settings.Task("folder:"+dir)); err != nil {
		t.Fatal(err)
	}
	if next := p.next(); !strings.HasPrefix(next[0], "amdim eval ") {
		t.Error(next)
	}
	if err := os.RemoveAll(filepath.Join(dir, "test")); err != nil {
		t.Fatal(err)
	}
	if next := p.next(); !strings.HasPrefix(next[0], "amdim report ") {
		t.Errorf("it looked for them before: %s", next)
	}
}

// Who trains a mixture to segment by learns that it cannot before it is trained.
func TestPretrainSaysThatAMixtureWillNotSegment(t *testing.T) {
	for pairs, want := range map[string]bool{"1-5,5-5": true, "1-5,1-7": false} {
		args := tiny(t.TempDir(), "--mix-k", "2", "--set", "model.pairs="+pairs, "--max-steps", "1")
		_, messages, err := execute(args...)
		before, _, found := strings.Cut(messages, "the model cannot segment: the model has a mixture, but none")
		if err != nil || found != want || found && strings.Contains(before, "update 0 of 1") {
			t.Errorf("%s: %v, the note is there: %t, want %t\n%s", pairs, err, found, want, messages)
		}
	}
}

// A mixture trains, is recorded, and its model is read as any other; a run without
// one records none.
func TestPretrainWithAMixture(t *testing.T) {
	plain, run := t.TempDir(), t.TempDir()
	for out, flags := range map[string][]string{plain: nil, run: {"--mix-k", "3", "--mix-tau", "2"}} {
		if _, _, err := execute(tiny(out, append(flags, "--max-steps", "2")...)...); err != nil {
			t.Fatal(err)
		}
	}
	if text := read(t, train.MetricsPath(plain)); strings.Contains(text, "mix") {
		t.Errorf("a run without a mixture records %s", text)
	}
	records, err := train.ReadMetrics(train.MetricsPath(run))
	if err != nil || len(records) != 2 {
		t.Fatalf("%d records, %v", len(records), err)
	}
	for _, pair := range []string{"1-5", "1-7"} {
		if m := records[1].Tasks[pair].Mix; m == nil || len(m.Usage) != 3 {
			t.Errorf("%s: mixture %+v", pair, m)
		}
	}
	if records[1].Tasks["5-5"].Mix != nil {
		t.Error("5-5 has a mixture")
	}
	for _, args := range [][]string{
		{"inspect", run}, {"pretrain", "--resume", "--out", run, "--max-steps", "3"},
		{"embed", "--model", run, "--data", "shapes:train=2,test=2", "--out", filepath.Join(run, "vectors.npy")},
	} {
		if _, messages, err := execute(args...); err != nil {
			t.Errorf("amdim %s: %v\n%s", args[0], err, messages)
		}
	}
}

func TestConfigOfARunMakesTheSameRun(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	if _, _, err := execute(tiny(first, "--max-steps", "2")...); err != nil {
		t.Fatal(err)
	}
	_, _, err := execute("pretrain", "--config", filepath.Join(first, "config.json"),
		"--data", "shapes:train=22,test=1", "--out", second, "--max-steps", "2")
	if err != nil {
		t.Fatal(err)
	}
	if read(t, train.CheckpointPath(first)) != read(t, train.CheckpointPath(second)) {
		t.Error("checkpoints differ")
	}
}

// refusal is a command line that must fail with this exit code.
type refusal struct {
	args []string
	code int
	want string // in the error, which is one line and names the culprit
}

func (r refusal) check(t *testing.T) {
	t.Helper()
	_, _, err := execute(r.args...)
	line := strings.Join(r.args, " ")
	if err == nil || !strings.Contains(err.Error(), r.want) || strings.Contains(err.Error(), "\n") {
		t.Errorf("%s:\n%v, want %q in one line", line, err, r.want)
		return
	}
	if code := exitCode(err); code != r.code {
		t.Errorf("%s: exit code %d, want %d", line, code, r.code)
	}
}

// The run in the folder stays as it was.
func TestPretrainRefusesAndLosesNothing(t *testing.T) {
	dir := t.TempDir()
	run, damaged := filepath.Join(dir, "run"), filepath.Join(dir, "damaged")
	mustRun(t, "", tiny(run, "--max-steps", "6")...)
	put(t, train.CheckpointPath(damaged), []byte(read(t, train.CheckpointPath(run))[:1000]))
	before := read(t, train.CheckpointPath(run)) + read(t, train.MetricsPath(run))
	for _, r := range []refusal{
		{tiny(run), exitUsage, "the folder holds a run: --resume continues it"},
		{tiny(run, "--resume", "--overwrite"), exitUsage, "cannot be combined"},
		{tiny(run, "--resume", "--seed", "9", "--lr", "1"), exitUsage, "settings: train.seed is 1, not 9"},
		{[]string{"pretrain", "--resume", "--out", run, "--preset", "demo", "--batch", "4",
			"--set", "model.ndf=4", "--set", "model.n_rkhs=16", "--set", "model.n_depth=1"}, exitUsage,
			"train.epochs is 3, not 5; to change the schedule of the run, say so by --epochs"},
		{tiny(run, "--resume", "--data", "shapes:train=23"), exitFailure, "it learns from shapes:train=22"},
		{[]string{"pretrain", "--resume", "--out", damaged}, exitFailure, "the file is cut off"},
		{tiny(run, "--resume", "--mix-k", "4"), exitUsage, "model.mix.k is 0, not 4"},
	} {
		r.check(t)
	}
	if read(t, train.CheckpointPath(run))+read(t, train.MetricsPath(run)) != before {
		t.Error("the run was changed")
	}
}

func TestARefusedRunMakesNoFolder(t *testing.T) {
	dir := t.TempDir()
	missing, file := filepath.Join(dir, "missing"), filepath.Join(dir, "file")
	put(t, file, []byte(`{"model": {"nfd": 3}}`))
	for _, r := range []refusal{
		{[]string{"pretrain", "--resume", "--out", missing}, exitUsage, missing + ": the folder holds no run"},
		{[]string{"pretrain", "--preset", "demo", "--data", "shapes"}, exitUsage, "--out is missing"},
		{[]string{"pretrain", "--preset", "demo", "--out", missing}, exitUsage, "--data is missing"},
		{[]string{"pretrain", "--data", "shapes", "--out", missing}, exitUsage, "--preset or --config is missing"},
		{tiny(filepath.Join(file, "run")), exitFailure, file},
		{tiny(missing, "--preset", "cifar10-tin"), exitUsage, `did you mean "cifar10-tiny"?`},
		{tiny(missing, "--set", "model.nfd=3"), exitUsage, `unknown key "model.nfd": did you mean "model.ndf"?`},
		{tiny(missing, "--set", "model.ndf=wide"), exitUsage, "model.ndf = wide is not a whole number"},
		{tiny(missing, "--set", "model.px=48"), exitUsage, "px = 48"},
		{tiny(missing, "--mix-k", "many"), exitUsage, "--mix-k many: config: model.mix.k = many is not"},
		{tiny(missing, "--mix-k", "65"), exitUsage, "mix.k = 65, need 0 (no mixture) to 64"},
		{tiny(missing, "--mix-tau", "2"), exitUsage, "set model.mix.k (--mix-k)"},
		{tiny(missing, "--mix-k", "8", "--set", "model.mix.pairs=5-5"), exitUsage, "need a pair from scale 1"},
		{tiny(missing, "--epochs", "0"), exitUsage, "epochs = 0"},
		{tiny(missing, "--epochs", "two"), exitUsage, "--epochs two: config: train.epochs = two is not"},
		{tiny(missing, "--config", file), exitUsage, file + `: config: unknown key "model.nfd"`},
		{tiny(missing, "--config", missing), exitFailure, missing},
		{tiny(missing, "--minutes", "-1"), exitUsage, "minutes = -1"},
		{tiny(missing, "--keep-epochs", "4"), exitUsage, "keep epoch 4"},
		{tiny(missing, "--frobnicate"), exitUsage, "unknown flag: --frobnicate"},
		{tiny(missing, "--engine", "gpu"), exitUsage, `--engine "gpu"`},
		{tiny(missing, "--threads", "-1"), exitUsage, "--threads -1"},
		{tiny(missing, "--threads", "100000000"), exitUsage, "--threads 100000000: need 1 to 4096"},
		{tiny(missing, "--epochs", "9223372036854775807"), exitUsage, "epochs = 9223372036854775807"},
		{tiny(missing, "--batch", "1000000000000"), exitUsage, "batch = 1000000000000"},
		{tiny(missing, "--precision", "f16"), exitUsage, `precision = "f16"`},
		{tiny(missing, "--data", "cifar11:x"), exitUsage, "cifar11"},
		{tiny(missing, "--data", "cifar10:"+missing), exitFailure, missing},
		{tiny(missing, "--data", "shapes:train=3"), exitUsage, "has 3 images, a batch has 4"},
	} {
		r.check(t)
	}
	if _, err := os.Stat(missing); err == nil {
		t.Error("a refused run made its folder")
	}
}

func TestDivergenceExitsWithItsOwnCode(t *testing.T) {
	dir := t.TempDir()
	_, _, err := execute(tiny(dir, "--lr", "1e30")...)
	if code := exitCode(err); code != exitNonFinite || !strings.Contains(err.Error(), "is not finite") ||
		!strings.Contains(err.Error(), ": --resume with a lower --lr, or start again") {
		t.Errorf("exit code %d, %v", code, err)
	}
}
