package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/amdim/amdim/train"
	"github.com/amdim/amdim/train/sweep"
)

// small is a sweep of runs of 2 updates; rows are its flag and the value of that.
func small(out, rows string, more ...string) []string {
	args := []string{
		"sweep", "--preset", "demo", "--data", "shapes:train=40,test=12", "--out", out,
		"--batch", "20", "--epochs", "1", "--set", "model.ndf=4", "--set", "model.n_rkhs=16",
		"--protocol", "linear,knn", "--probes", "1",
	}
	return append(append(args, strings.Fields(rows)...), more...)
}

const (
	one  = "--ablations full"
	both = "--ablations full,same-view"
)

func TestSweepDoesNothingTwice(t *testing.T) {
	whole, parts := filepath.Join(t.TempDir(), "whole"), filepath.Join(t.TempDir(), "parts")
	table, messages, err := execute(small(whole, both)...)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"full", "same-view", "random encoder", "raw pixels", "difference"} {
		if !strings.Contains(table, want) {
			t.Errorf("no %q in the table:\n%s", want, table)
		}
	}
	if strings.Count(messages, "update 0 of 2") != 4 {
		t.Errorf("not four trainings:\n%s", messages)
	}

	if _, _, err := execute(small(parts, one, "--seeds", "1", "--keep-epochs", "1")...); err != nil {
		t.Fatal(err)
	}
	first := filepath.Join(parts, "full-seed1")
	if read(t, train.EpochPath(first, 1)) != read(t, train.CheckpointPath(first)) {
		t.Error("the epoch kept is not the end of the run")
	}
	again, messages, err := execute(small(parts, both)...)
	if err != nil || again != table {
		t.Errorf("in two parts, error %v:\n%s\nin one:\n%s", err, again, table)
	}
	if strings.Count(messages, "update 0 of 2") != 3 || strings.Count(messages, "kept:") != 3 {
		t.Errorf("not the three trainings that were left:\n%s", messages)
	}
}

func TestSweepSaysWhichEpochsAFinishedRunDidNotKeep(t *testing.T) {
	out := t.TempDir()
	args := small(out, one, "--seeds", "1", "--epochs", "2")
	if _, _, err := execute(append(args, "--keep-epochs", "1")...); err != nil {
		t.Fatal(err)
	}
	for keep, want := range map[string]int{"1": 0, "1,2": 1} {
		_, messages, err := execute(append(args, "--keep-epochs", keep)...)
		said := strings.Count(messages, "note: epoch 2 was not kept, and the run is finished\n")
		if err != nil || said != want || strings.Count(messages, "note: epoch") != want {
			t.Errorf("--keep-epochs %s: %v, want %d notes:\n%s", keep, err, want, messages)
		}
	}
}

// A result to which another evaluation added its protocols has the sweep's still.
func TestSweepMeasuresNothingAgainBesideOtherProtocols(t *testing.T) {
	out := t.TempDir()
	args := small(out, one, "--seeds", "1")
	table, _, err := execute(args...)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = execute("eval", "--model", filepath.Join(out, "full-seed1"), "--data", "shapes:train=40,test=12",
		"--protocol", "few-shot", "--shots", "1", "--draws", "1", "--no-baselines")
	if err != nil {
		t.Fatal(err)
	}
	again, messages, err := execute(args...)
	if err != nil || again != table || strings.Contains(messages, "kept:") {
		t.Errorf("%v, measured again or another table:\n%s%swas\n%s", err, messages, again, table)
	}
}

// Of a single update nothing is seen before the encoder is measured: its weights overflow
// there, or are infinite already.
func TestSweepGoesOnAfterARunThatDiverges(t *testing.T) {
	dir := t.TempDir()
	rows := filepath.Join(dir, "rows.json")
	put(t, rows, []byte(`{"plain": {}, "hot": {"train": {"lr": 1e30, "batch": 4}},
		"overflow": {"train": {"lr": 1e30, "batch": 40}}, "infinite": {"train": {"lr": 1e39, "batch": 40}},
		"wide": {"model": {"ndf": 8, "n_rkhs": 32}}}`))
	out := filepath.Join(dir, "out")
	text, _, err := execute(small(out, "--rows "+rows, "--seeds", "1", "--json")...)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = execute("eval", "--model", filepath.Join(out, "infinite-seed1"), "--data", fewShapes)
	if exitCode(err) != exitFailure {
		t.Errorf("eval of infinite weights: exit code %d, %v", exitCode(err), err)
	}
	var table sweep.Table
	if err := json.Unmarshal([]byte(text), &table); err != nil {
		t.Fatal(err)
	}
	if len(table.Outcomes) != 5 || len(table.Lines) != 7 {
		t.Fatalf("%d outcomes, %d lines", len(table.Outcomes), len(table.Lines))
	}
	if l := table.Lines[5]; l.Beside != "plain" || l.Name != "random encoder beside plain" {
		t.Errorf("baseline %+v", l)
	}
	for i, want := range []string{"is not finite", "encoder: refresh", "+Inf in tensor"} {
		if hot := table.Outcomes[i+1]; !strings.Contains(hot.Failed, want) || table.Lines[i+1].Failed != 1 {
			t.Errorf("a row that diverges: %+v, want %q", hot, want)
		}
	}
	if wide := table.Outcomes[4]; wide.Failed != "" || wide.Result.Network.NDF != 8 {
		t.Errorf("the row behind it: %+v", wide)
	}
}

// Baselines stand beside the first run that has a result, also when asked again.
func TestSweepHasBaselinesWhereTheFirstRunDiverges(t *testing.T) {
	dir := t.TempDir()
	rows := filepath.Join(dir, "rows.json")
	put(t, rows, []byte(`{"hot": {"train": {"lr": 1e30, "batch": 4}}, "plain": {}}`))
	args := small(filepath.Join(dir, "out"), "--rows "+rows, "--seeds", "1")
	for _, kept := range []int{1, 0} {
		text, messages, err := execute(args...)
		if err != nil || !strings.Contains(text, "random encoder") || strings.Count(messages, "kept:") != kept {
			t.Errorf("%v\n%s%s", err, text, messages)
		}
	}
}

func TestAStoppedSweepSaysHowToGoOn(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	root := rootCommand()
	root.SetArgs(small(t.TempDir(), both))
	root.SetOut(io.Discard)
	root.SetErr(io.Discard)
	err := root.ExecuteContext(ctx)
	if exitCode(err) != exitStopped || !strings.Contains(told(err), "full-seed1; the same command continues") {
		t.Errorf("exit code %d, %v", exitCode(err), err)
	}
}

func TestSweepNamesWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	put(t, "odd.json", []byte(`{"a": {}, "b/c": {}}`))
	put(t, "typo.json", []byte(`{"a": {"model": {"nfd": 3}}}`))
	put(t, "empty.json", []byte(`{}`))
	put(t, "seed.json", []byte(`{"a": {"train": {"seed": 7}}}`))
	put(t, "wide.json", []byte(`{"a": {"train": {"batch": 400000}}}`))
	for i := range 12 {
		put(t, fmt.Sprintf("flat/%d.png", i), photo(t, 40, i))
	}
	if _, _, err := execute(small("begun", one, "--seeds", "1")...); err != nil {
		t.Fatal(err)
	}
	base := "sweep --preset demo --data shapes --out new "
	for _, c := range []struct{ line, want string }{
		{"sweep --preset demo --data shapes", "--out is missing"},
		{"sweep --preset demo --out new", "--data is missing"},
		{"sweep --data shapes --out new", "--preset, --config or --init is missing"},
		{base + "--ablations no-grey", `--ablations: unknown ablation "no-grey": did you mean "no-gray"?`},
		{base + "--ablations full,full", `row "full" twice`},
		{base + "--seeds 1,1", "--seeds holds 1 twice"},
		{base + "--keep-epochs 9", "keep epoch 9, the run has epochs 1 to 5"},
		{base + "--probes 0", "--probes 0"},
		{base + "--batch 1000000", "a batch has 1000000: lower the batch, to 2 at least, or add images: use"},
		{base + "--set train.seed=7", "set the seeds of a sweep with --seeds"},
		{base + "--rows seed.json", `row "a" sets train.seed`},
		{base + "--rows wide.json --batch 4", "or add images: give the row a smaller train.batch"},
		{"sweep --preset photos-tiny --data folder:flat --out new", "it needs at least two classes"},
		{base + "--protocol liner", `unknown protocol "liner"`},
		{base + "--rows odd.json --ablations full", "cannot be combined"},
		{base + "--rows none.json", "--rows: open none.json"},
		{base + "--rows odd.json", `--rows odd.json: row "b/c": a name is made of letters`},
		{base + "--rows typo.json", `row "a": config: unknown key "model.nfd": did you mean "model.ndf"?`},
		{base + "--rows empty.json", "--rows empty.json: no rows"},
		{strings.Join(small("begun", one, "--lr", "0.5"), " "),
			"begun/full-seed1: the run has different settings: train.lr"},
		{strings.Join(small("begun", one, "--data", "shapes"), " "),
			"the run there learns from shapes:train=40,test=12, not shapes"},
	} {
		_, _, err := execute(strings.Fields(c.line)...)
		if exitCode(err) == 0 || !strings.Contains(told(err), c.want) {
			t.Errorf("amdim %s:\n%v, want %q", c.line, err, c.want)
		}
	}
	if _, err := os.Stat("new"); err == nil {
		t.Error("a wrong command line made the folder")
	}
}

// A row that is finished is of the images as they were.
func TestSweepRefusesImagesThatHaveChanged(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for i := range 30 {
		put(t, fmt.Sprintf("photos/%d/%d.png", i%2, i), photo(t, 40, i))
	}
	args := []string{
		"sweep", "--preset", "demo", "--data", "folder:photos", "--out", "out",
		"--seeds", "1", "--ablations", "full",
		"--batch", "8", "--epochs", "1", "--set", "model.ndf=4", "--set", "model.n_rkhs=16", "--protocol", "knn",
	}
	if _, _, err := execute(args...); err != nil {
		t.Fatal(err)
	}
	put(t, "photos/1/new.png", photo(t, 40, 99))
	_, _, err := execute(args...)
	want := "folder:photos has other images than the run there learns from"
	if err == nil || !strings.Contains(told(err), want) {
		t.Errorf("%v", err)
	}
	help, _, err := execute("sweep", "--help")
	want = "if images that runs learn from were, the sweep refuses"
	if err != nil || !strings.Contains(strings.Join(strings.Fields(help), " "), want) {
		t.Errorf("%v: the help does not say %q:\n%s", err, want, help)
	}
}

// JSON, in which results are kept, cannot hold such names as text.
func TestSweepKnowsAgainAFolderWhoseNameIsNotUTF8(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("caf\xe9", 0o755); err != nil {
		t.Skip(err)
	}
	for i := range 30 {
		put(t, fmt.Sprintf("caf\xe9/class\xe9%d/%d.png", i%2, i), photo(t, 40, i))
	}
	args := []string{
		"sweep", "--preset", "demo", "--data", "folder:caf\xe9", "--out", "out", "--seeds", "1",
		"--ablations", "full", "--batch", "8", "--epochs", "1", "--set", "model.ndf=4", "--set",
		"model.n_rkhs=16", "--protocol", "knn",
	}
	if _, _, err := execute(args...); err != nil {
		t.Fatal(err)
	}
	_, messages, err := execute("eval", "--model", "out/full-seed1", "--data", "folder:caf\xe9",
		"--protocol", "few-shot", "--shots", "1", "--draws", "1", "--no-baselines")
	if err != nil || strings.Contains(messages, "no longer holds") {
		t.Errorf("%v, not beside the sweep's result:\n%s", err, messages)
	}
	if _, messages, err = execute(args...); err != nil || strings.Contains(messages, "kept:") {
		t.Errorf("%v, measured again:\n%s", err, messages)
	}
}

// Rows on other held-out images than those of today do not compare: they are measured anew.
func TestSweepMeasuresAgainWhereHeldOutImagesHaveChanged(t *testing.T) {
	t.Chdir(t.TempDir())
	for i := range 32 {
		put(t, fmt.Sprintf("photos/%s/%d/%d.png", []string{"train", "test"}[i/24], i%2, i), photo(t, 40, i))
	}
	put(t, "photos/test/1/torn.png", []byte("torn"))
	args := []string{
		"sweep", "--preset", "demo", "--data", "folder:photos", "--out", "out", "--seeds", "1",
		"--ablations", "full", "--batch", "8", "--epochs", "1", "--set", "model.ndf=4", "--set",
		"model.n_rkhs=16", "--protocol", "knn", "--json",
	}
	for _, c := range []struct{ measured, test int }{{1, 8}, {0, 8}, {1, 9}, {0, 9}} {
		if c.test == 9 {
			put(t, "photos/test/1/new.png", photo(t, 40, 99))
		}
		text, messages, err := execute(args...)
		var table sweep.Table
		if err == nil {
			err = json.Unmarshal([]byte(text), &table)
		}
		kept := strings.Count(messages, "kept:")
		if err != nil || kept != c.measured || table.Outcomes[0].Result.Test != c.test {
			t.Fatalf("%+v: %v\n%s%s", c, err, text, messages)
		}
	}
}

// A row is a run of its settings from the first update on.
func TestSweepRefusesARunThatChangedItsSchedule(t *testing.T) {
	out := t.TempDir()
	mustRun(t, "", small(out, one, "--seeds", "1")...)
	found, err := filepath.Glob(filepath.Join(out, "*", "checkpoint.safetensors"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%q, %v", found, err)
	}
	run, other := filepath.Dir(found[0]), filepath.Join(t.TempDir(), "run")
	want := "the run in " + run + " began with other weights or changed its schedule; choose another --out"
	refuses := func(epochs string) {
		t.Helper()
		_, _, err := execute(small(out, one, "--seeds", "1", "--epochs", epochs)...)
		if err == nil || exitCode(err) != exitUsage || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	mustRun(t, "pretrain --init "+run+" --data shapes:train=40,test=12 --out "+other)
	mustRun(t, "pretrain --resume --epochs 2 --out "+run)
	refuses("2")
	if err := os.Rename(other, run+"-init"); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.RemoveAll(run), os.Rename(run+"-init", run)); err != nil {
		t.Fatal(err)
	}
	refuses("1")
}
