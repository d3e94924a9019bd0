package main

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"testing"

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

func TestWhatIsMeasuredOfTheModelOutlivesItsBaselines(t *testing.T) {
	run := tinyRun(t)
	line := "eval --data " + fewShapes + " --protocol knn --k 5 --refresh-batch 30 --model"
	stopped := func() {
		t.Helper()
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		root := rootCommand()
		root.SetArgs(append(strings.Fields(line), run))
		root.SetOut(io.Discard)
		root.SetErr(&stopAt{text: "random encoder", stop: cancel})
		if err := root.ExecuteContext(ctx); exitCode(err) != exitStopped {
			t.Fatalf("exit code %d, %v", exitCode(err), err)
		}
	}
	kept := func(want ...string) {
		t.Helper()
		r, err := eval.ReadResult([]byte(read(t, train.EvalPath(run))))
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := r.Axes(); !slices.Equal(got, want) || r.Config.Baselines != (len(want) > 1) {
			t.Errorf("kept %q with baselines %v, want %q", got, r.Config.Baselines, want)
		}
	}
	stopped()
	kept(eval.Model)
	if _, _, err := execute(append(strings.Fields(line), run)...); err != nil {
		t.Fatal(err)
	}
	kept(eval.Model, eval.RandomEncoder, eval.RawPixels)
	stopped()
	kept(eval.Model, eval.RandomEncoder, eval.RawPixels)
}

func TestWhatIsMeasuredOutlivesTheProtocolPaper(t *testing.T) {
	run := tinyRun(t)
	line := "eval --data " + fewShapes + " --protocol knn,paper --k 5 --refresh-batch 30 --probe-epochs 2 --model"
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	root := rootCommand()
	root.SetArgs(append(strings.Fields(line), run))
	root.SetOut(io.Discard)
	root.SetErr(&stopAt{text: "model: paper", stop: cancel})
	if err := root.ExecuteContext(ctx); exitCode(err) != exitStopped {
		t.Fatalf("exit code %d, %v", exitCode(err), err)
	}
	kept := func(want ...string) {
		t.Helper()
		r, err := eval.ReadResult([]byte(read(t, train.EvalPath(run))))
		if err != nil {
			t.Fatal(err)
		}
		if _, rows := r.Axes(); !slices.Equal(rows, want) || (r.Notes != nil) != (len(want) > 1) {
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
