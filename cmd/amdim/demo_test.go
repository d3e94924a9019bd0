package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/train"
)

// tinyDemo is a demo of a network small enough for plain Go kernels.
func tinyDemo(t *testing.T, stdout *bytes.Buffer) *demo {
	t.Helper()
	c, err := config.Preset("demo")
	if err != nil {
		t.Fatal(err)
	}
	c.Model.NDF, c.Model.NRKHS, c.Model.NDepth = 16, 64, 1
	c.Train.Batch, c.Train.LR = 32, 2e-3
	protocol := demoProtocol()
	protocol.Seeds, protocol.Probe.Epochs = []uint64{1}, 10
	command := &cobra.Command{}
	command.SetOut(stdout)
	command.SetErr(new(bytes.Buffer))
	return &demo{
		engine:  engineFlags{name: "cpu"},
		data:    "shapes:train=2000,test=500",
		out:     filepath.Join(t.TempDir(), "demo"),
		command: command, began: time.Now(), settings: c, protocol: protocol,
	}
}

func TestDemoShowsItsResult(t *testing.T) {
	var stdout bytes.Buffer
	d := tinyDemo(t, &stdout)
	d.minutes, d.data = 1e-6, "shapes:train=400,test=200" // one update
	if err := d.run(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"model", "random encoder", "raw pixels", "points against the best of raw pixels (", "next:",
		"amdim eval --model " + d.out, " --probe-batch 100\n",
	} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("stdout lacks %q:\n%s", want, stdout.String())
		}
	}
	page, err := os.ReadFile(filepath.Join(d.out, "report.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"Worst failures", "data:image/png;base64,", "hourglass", "&#34;ndf&#34;: 16",
		"Where the network finds the query",
	} {
		if !bytes.Contains(page, []byte(want)) {
			t.Errorf("report lacks %q", want)
		}
	}
	evaluated := read(t, train.EvalPath(d.out))
	if !strings.Contains(evaluated, `"runs": [0`) || !strings.Contains(evaluated, `"trained_on": "`+d.data+`"`) {
		t.Errorf("kept otherwise than amdim eval does:\n%s", evaluated)
	}
	own := keptResult(t, d.out)
	_, messages, err := execute("eval", "--model", d.out, "--data", d.data, "--protocol", "linear,mlp,knn",
		"--probes", "1", "--probe-epochs", "1")
	if err != nil {
		t.Fatalf("%v\n%s", err, messages)
	}
	again := keptResult(t, d.out)
	own.Config, own.Frozen = again.Config, again.Frozen // settings and statistics apart
	if _, lost := again.With(own); lost != nil {
		t.Errorf("the next command does not take %s of the demo for its own", lost)
	}
	_, _, err = execute("demo", "--out", d.out)
	if exitCode(err) != exitUsage || !strings.Contains(err.Error(), d.out) {
		t.Errorf("a second demo into the folder: %v", err)
	}
}

// Of a baseline the headline takes what it does best, not what makes the model look good.
func TestTheDemosHeadlineComparesWithTheBestOfABaseline(t *testing.T) {
	row := func(name, protocol string, accuracy float64) eval.Row {
		return eval.Row{Representation: name, Protocol: protocol, Accuracy: eval.NewScore(accuracy)}
	}
	d := demo{spent: time.Minute, result: &eval.Result{Test: 1000, Rows: []eval.Row{
		row(eval.Model, "linear", 0.90), row(eval.Model, "knn-20", 0.95),
		row(eval.RandomEncoder, "linear", 0.14), row(eval.RandomEncoder, "knn-20", 0.11),
		row(eval.RawPixels, "linear", 0.13), row(eval.RawPixels, "knn-20", 0.446),
	}}}
	want := "classifies 90.00 % of 1000 held-out images correctly: +45 points against the best of raw pixels " +
		"(knn-20), +76 against the best of the same network with random weights (linear)."
	if got := d.headline(); !strings.HasSuffix(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// 300 updates of 32 pairs give 26 %: far from the real demo,
// and yet the floor is six standard errors above guessing (10 %).
func TestDemoLearns(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for ten seconds")
	}
	var stdout bytes.Buffer
	d := tinyDemo(t, &stdout)
	closeEngines, err := d.prepare(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer closeEngines()
	d.task.Train.Epochs = 5
	ctx := context.Background()
	if err := d.pretrain(ctx, 300); err != nil {
		t.Fatal(err)
	}
	if d.result, err = d.eval.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := d.eval.AddModel(ctx, d.result); err != nil {
		t.Fatal(err)
	}
	if a := d.result.Row(eval.Model, eval.Linear).Accuracy; !(a.Mean >= 0.18) {
		t.Errorf("linear accuracy %v %%, want at least 18", a)
	}
}

func TestDemoFitsUpdatesToTheTime(t *testing.T) {
	second := time.Second
	for _, c := range []struct {
		name    string
		fixed   time.Duration
		update  time.Duration // of 64 pairs
		minutes float64
		want    int
	}{
		{"the user's minutes", 60 * second, second, 3, 120},
		{"two minutes hold enough", 30 * second, second / 5, 0, 450},
		{"a slow processor gets until enough", 60 * second, second, 0, 313},
		{"a very slow one eight minutes", 120 * second, 10 * second, 0, 36},
		{"a fast one stops when there is nothing new", 30 * second, second / 1000, 0, 1562},
		{"no time left", 600 * second, second, 1, 1},
	} {
		if got := (budget{c.fixed}).steps(c.update, 64, c.minutes); got != c.want {
			t.Errorf("%s: %d updates, want %d", c.name, got, c.want)
		}
	}
}
