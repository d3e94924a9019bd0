package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/train"
)

// stopAt stops a command when it says a text.
type stopAt struct {
	said bytes.Buffer
	text string
	stop func()
}

func (s *stopAt) Write(b []byte) (int, error) {
	if strings.Contains(string(b), s.text) {
		s.stop()
	}
	return s.said.Write(b)
}

// executeUntil runs a command and stops it, as Ctrl-C does, when it says a text.
func executeUntil(t *testing.T, text string, args ...string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	root := rootCommand()
	root.SetArgs(args)
	root.SetOut(io.Discard)
	root.SetErr(&stopAt{text: text, stop: cancel})
	if err := root.ExecuteContext(ctx); exitCode(err) != exitStopped {
		t.Fatalf("exit code %d, %v", exitCode(err), err)
	}
}

func keptResult(t *testing.T, run string) *eval.Result {
	t.Helper()
	r, err := eval.ReadResult([]byte(read(t, train.EvalPath(run))))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestWhatIsMeasuredOfTheModelOutlivesItsBaselines(t *testing.T) {
	run := tinyRun(t)
	line := "eval --data " + fewShapes + " --protocol knn --k 5 --model"
	kept := func(want ...string) {
		t.Helper()
		r := keptResult(t, run)
		if got, _ := r.Axes(); !slices.Equal(got, want) || r.Config.Baselines != (len(want) > 1) {
			t.Errorf("kept %q with baselines %v, want %q", got, r.Config.Baselines, want)
		}
	}
	executeUntil(t, "random encoder", append(strings.Fields(line), run)...)
	kept(eval.Model)
	if _, _, err := execute(append(strings.Fields(line), run)...); err != nil {
		t.Fatal(err)
	}
	kept(eval.Model, eval.RandomEncoder, eval.RawPixels)
	executeUntil(t, "random encoder", append(strings.Fields(line), run)...)
	kept(eval.Model, eval.RandomEncoder, eval.RawPixels)
}

func TestWhatIsMeasuredOutlivesTheProtocolPaper(t *testing.T) {
	run := tinyRun(t)
	line := "eval --data " + fewShapes + " --protocol knn,paper --k 5 --probe-epochs 2 --model"
	executeUntil(t, "model: paper", append(strings.Fields(line), run)...)
	kept := func(want ...string) {
		t.Helper()
		r := keptResult(t, run)
		ofPaper := strings.Contains(strings.Join(r.Notes, "\n"), "paper-linear")
		if _, rows := r.Axes(); !slices.Equal(rows, want) || ofPaper != (len(want) > 1) {
			t.Errorf("kept %q with notes %q, want %q", rows, r.Notes, want)
		}
	}
	kept("knn-5")
	_, messages, err := execute(append(strings.Fields(line), run)...)
	if err != nil || strings.Contains(messages, "no longer holds") {
		t.Errorf("%v\n%s", err, messages)
	}
	kept("knn-5", "paper-linear", "paper-mlp")
}

// What the first part of an evaluation takes the place of is set aside, and not replaced
// there by what the first part kept.
func TestWhatIsReplacedIsSetAsideOnce(t *testing.T) {
	run := tinyRun(t)
	line := "eval --no-baselines --protocol knn,paper --probe-epochs 1 --data " + fewShapes + " --model"
	for _, settings := range [][]string{{"--k", "5", "--probes", "1"}, {"--k", "7", "--probes", "2"}} {
		if _, _, err := execute(append(append(strings.Fields(line), run), settings...)...); err != nil {
			t.Fatal(err)
		}
	}
	before, err := eval.ReadResult([]byte(read(t, checkpoint.Previous(train.EvalPath(run)))))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"knn-5", "paper-linear", "paper-mlp"}
	if _, rows := before.Axes(); !slices.Equal(rows, want) || len(before.Config.Seeds) != 1 {
		t.Errorf("set aside: %q with %d seeds, want %q with one", rows, len(before.Config.Seeds), want)
	}
}

// Whatever it was, an evaluation that is put in its place has not measured it again.
func TestAResultThatCannotBeReadIsSetAside(t *testing.T) {
	run := filepath.Join(t.TempDir(), "run")
	const own = "shapes:train=40,test=9"
	args := append(tiny(run, "--keep-epochs", "1", "--epochs", "2", "--mix-k", "2"), "--data", own)
	if _, _, err := execute(args...); err != nil {
		t.Fatal(err)
	}
	const torn = `{"model": "ru`
	line := "eval --no-baselines --model " + run + " --protocol "
	knn := line + "knn --k 3 --data "
	for path, line := range map[string]string{
		train.EvalPath(run):         knn + own,
		train.ValidationPath(run):   knn + own + " --validation 0.4",
		train.CurvePath(run):        knn + own + " --curve",
		train.SegmentationPath(run): line + "segmentation --data shapes:test=2",
	} {
		put(t, path, []byte(torn))
		for i, want := range []int{1, 0} { // said once
			_, messages, err := execute(strings.Fields(line)...)
			aside := checkpoint.Previous(path)
			said := strings.Count(messages, "note: no result can be read from "+path) +
				strings.Count(messages, "that file is kept as "+aside)
			if err != nil || said != 2*want || read(t, aside) != torn || read(t, path) == torn {
				t.Errorf("%s, call %d: %v, said %s", path, i, err, messages)
			}
		}
	}
}

// It says nothing about where a result on other data belongs.
func TestAResultOnOtherDataLeavesAFileThatCannotBeRead(t *testing.T) {
	run := tinyRun(t)
	const torn = `{"model": "ru`
	put(t, train.EvalPath(run), []byte(torn))
	_, messages, err := execute("eval", "--model", run, "--data", "shapes:size=24,train=22,test=9",
		"--protocol", "knn", "--k", "3")
	if err != nil || strings.Contains(messages, "note: no result") || read(t, train.EvalPath(run)) != torn {
		t.Errorf("%v, said %s", err, messages)
	}
	if others := onOtherData(t, run); len(others) != 1 {
		t.Errorf("%d results on other data", len(others))
	}
}

// A report would go on to show the figure of before.
func TestAResultThatCannotBeKeptIsAnError(t *testing.T) {
	run := tinyRun(t)
	if err := os.Mkdir(train.EvalPath(run), 0o755); err != nil { // in its place
		t.Fatal(err)
	}
	out, messages, err := execute("eval", "-q", "--model", run, "--data", fewShapes, "--protocol", "knn",
		"--k", "5", "--no-baselines")
	const want = "the result could not be kept in the run: "
	if exitCode(err) != exitFailure || !strings.Contains(err.Error(), want) {
		t.Errorf("%v", err)
	}
	if !strings.Contains(out, "knn-5") || messages != "" {
		t.Errorf("printed %q, messages %q", out, messages)
	}
}

// So it is where the curve of which it is the end was kept.
func TestALastPointThatCannotBeKeptIsAnError(t *testing.T) {
	run := filepath.Join(t.TempDir(), "run")
	const spec = "shapes:train=40,test=9"
	args := append(tiny(run, "--keep-epochs", "1", "--epochs", "2"), "--data", spec)
	if _, _, err := execute(args...); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(train.EvalPath(run), 0o755); err != nil {
		t.Fatal(err)
	}
	out, _, err := execute("eval", "--curve", "--model", run, "--data", spec, "--protocol", "knn", "--k", "3",
		"--no-baselines")
	if exitCode(err) != exitFailure || !strings.Contains(out, "knn-3") {
		t.Errorf("%v, printed %q", err, out)
	}
	if _, err := os.Stat(train.CurvePath(run)); err != nil {
		t.Error(err)
	}
}

// A sweep goes on and prints its table.
func TestASweepWhoseResultCannotBeKeptEndsWithAnError(t *testing.T) {
	out := filepath.Join(t.TempDir(), "sweep")
	if _, _, err := execute(small(out, one, "--seeds", "1")...); err != nil {
		t.Fatal(err)
	}
	path := train.EvalPath(filepath.Join(out, "full-seed1"))
	if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o755)); err != nil {
		t.Fatal(err)
	}
	table, _, err := execute(small(out, one, "--seeds", "1,2")...)
	if exitCode(err) != exitFailure || !strings.Contains(err.Error(), path) || !strings.Contains(table, "full") {
		t.Errorf("%v, printed %q", err, table)
	}
	if _, err := os.Stat(train.EvalPath(filepath.Join(out, "full-seed2"))); err != nil {
		t.Errorf("the next run: %v", err)
	}
}
