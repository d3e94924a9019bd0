package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/spelling"
	"github.com/amdim/amdim/train"
)

// demo is the command's flags and what it has made so far.
type demo struct {
	engine    engineFlags
	out       string
	data      string
	minutes   float64
	overwrite bool

	command  *cobra.Command
	began    time.Time
	settings config.Config
	protocol eval.Config
	task     train.Task
	eval     eval.Evaluation
	result   *eval.Result
	trained  train.Result
	spent    time.Duration // on training
}

// demoData is small enough to be learnt in minutes; the test images are other ones.
const demoData = "shapes:train=4000,test=1000"

func demoCommand() *cobra.Command {
	var d demo
	c := &cobra.Command{
		Use:   "demo",
		Short: "Train on generated images in minutes and show what was learnt",
		Example: `  amdim demo
  amdim demo --out runs/demo --minutes 5`,
		Long: `Generate pictures of ten shapes and train a small encoder on them without labels.
Then test a linear probe and nearest neighbours on its frozen features, on held-out
pictures, and compare them with raw pixels and with the same network with random
weights. The folder --out receives the run and report.html, a page that opens in
any browser.

The number of updates is chosen to fit the time, once the baselines and some updates
have been timed: about two minutes in all, up to eight on a slow processor.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			d.command, d.began, d.protocol = c, time.Now(), demoProtocol()
			var err error
			if d.settings, err = config.Preset("demo"); err != nil {
				return err
			}
			return d.run(c.Context())
		},
	}
	d.engine.add(c)
	f := c.Flags()
	f.StringVar(&d.out, "out", "amdim-demo", "folder for the run and report.html")
	f.StringVar(&d.data, "data", demoData, "labelled images: shapes with options, or cifar10:DIR")
	f.Float64Var(&d.minutes, "minutes", 0, "total time (default: 2, up to 8 on a slow processor)")
	f.BoolVar(&d.overwrite, "overwrite", false, "delete the run in --out first")
	return c
}

func (d *demo) run(ctx context.Context) error {
	const most = 1e5
	if !(0 <= d.minutes && d.minutes <= most) {
		return usagef("--minutes %g: need 0 to %g", d.minutes, most)
	}
	if err := d.checkFolder(); err != nil {
		return err
	}
	closeEngines, err := d.prepare(ctx)
	if err != nil {
		return err
	}
	defer closeEngines()
	if d.result, err = d.eval.Start(); err != nil {
		return err
	}
	d.result.Model, d.result.Data = d.out, d.data
	d.say("baselines on %d held-out images", d.result.Test)
	if err := d.eval.AddBaselines(ctx, d.result); err != nil {
		return err
	}
	steps, err := d.fit(ctx)
	if err != nil {
		return err
	}
	if err := d.pretrain(ctx, steps); err != nil {
		return err
	}
	d.say("linear probe and nearest neighbours on the frozen encoder")
	if _, err := d.eval.AddModel(ctx, d.result); err != nil {
		return err
	}
	path, err := d.report(ctx)
	if err != nil {
		return err
	}
	return d.conclude(path)
}

func (d *demo) checkFolder() error {
	err := train.CheckFolder(train.Options{Out: d.out, Overwrite: d.overwrite})
	if errors.Is(err, train.ErrExists) || errors.Is(err, train.ErrResults) {
		return usagef("%w: --overwrite deletes it, or choose another --out", err)
	}
	if err == nil {
		err = os.MkdirAll(d.out, 0o755)
	}
	return err
}

// prepare opens data and engines.
func (d *demo) prepare(ctx context.Context) (closeEngines func(), err error) {
	d.eval = eval.Evaluation{Config: d.protocol, Model: d.settings.Model, Weights: learnt{d}}
	d.eval.Command = storedCommand()
	images := opener{d.data, d.settings, d.engine.threads, d.command.ErrOrStderr(), nil}
	d.eval.Train, d.eval.Test, err = images.both(ctx)
	if err != nil {
		return nil, err
	}
	if closeEngines, err = d.engine.openFor(&d.eval, d.settings.Precision); err != nil {
		return nil, err
	}
	d.task = d.settings.Task(d.data)
	d.task.Data, d.task.Engine = d.eval.Train.Dataset, d.eval.Engine
	return closeEngines, nil
}

// demoProtocol is the protocol of record with smaller batches of probes: it was made for
// fifty thousand images, of which a batch is a hundredth.
func demoProtocol() eval.Config {
	c := eval.Default()
	c.Refresh.Images = 2000
	c.Probe.Batch, c.Probe.Schedule.Drops = 100, []int{14}
	c.KNN.K = []int{20}
	return c
}

// learnt are the weights of the demo's checkpoint, which is opened when they are needed.
type learnt struct{ *demo }

// Fit implements encoder.Weights: the demo has just written the file.
func (learnt) Fit([]graph.Var) error { return nil }

// Set implements encoder.Weights.
func (l learnt) Set(s engine.State, vars []graph.Var) error {
	r, err := checkpoint.Open(l.trained.Checkpoint)
	if err != nil {
		return err
	}
	defer r.Close()
	return encoder.Trained(r).Set(s, vars)
}

const curvePoints = 60 // in a curve of the report: enough for its shape, few enough to average noise out

// pretrain runs the fitted number of updates.
func (d *demo) pretrain(ctx context.Context, steps int) (err error) {
	d.say("pretraining for %d updates of %d pairs of views, without labels", steps, d.task.Train.Batch)
	start := time.Now()
	bar := progress{out: d.command.ErrOrStderr()}
	d.trained, err = train.Run(ctx, d.task, train.Options{
		Out: d.out, Overwrite: d.overwrite, Command: commandLine(), MaxSteps: steps, Threads: d.engine.threads,
		LogSteps: max(1, steps/curvePoints),
		OnStart:  bar.start,
		OnStep:   bar.step,
	})
	bar.finish()
	d.spent = time.Since(start)
	return err
}

// conclude prints the result and what to do next.
func (d *demo) conclude(report string) error {
	out := d.command.OutOrStdout()
	if err := d.result.Print(out); err != nil {
		return err
	}
	next := []string{
		"open " + report + " in a browser",
		typed("eval", "--model", d.out, "--data", d.data, "--protocol", "linear,mlp,knn",
			"--probe-batch", strconv.Itoa(d.protocol.Probe.Batch)),
		"amdim pretrain --preset demo --data shapes --out runs/shapes --epochs 20",
		"amdim pretrain --preset cifar10-tiny --data cifar10:DIR --out runs/tiny --epochs 5",
	}
	_, err := fmt.Fprintf(out, "\n%s\n\nnext:\n  %s\n", d.headline(), strings.Join(next, "\n  "))
	return err
}

// headline is the result in one sentence. Each baseline has its best protocol: a linear
// classifier makes little of raw pixels, of which neighbours make three times as much.
func (d *demo) headline() string {
	model := d.result.Row(eval.Model, eval.Linear).Accuracy
	pixels, random := d.best(eval.RawPixels), d.best(eval.RandomEncoder)
	over := func(best eval.Row) float64 { return 100 * (model.Mean - best.Accuracy.Mean) }
	return fmt.Sprintf("After %s of learning without labels, a linear classifier on the frozen features "+
		"classifies %v %% of %d held-out images correctly: %+.0f points against the best of raw pixels (%s), "+
		"%+.0f against the best of the same network with random weights (%s).",
		spelling.Duration(d.spent), model, d.result.Test,
		over(pixels), pixels.Protocol, over(random), random.Protocol)
}

// best is the row of a representation with the highest accuracy.
func (d *demo) best(representation string) (best eval.Row) {
	for _, row := range d.result.Rows {
		if row.Representation == representation && row.Accuracy.Mean >= best.Accuracy.Mean {
			best = row
		}
	}
	return best
}

func (d *demo) say(format string, args ...any) {
	what := fmt.Sprintf(format, args...)
	saying(d.command.ErrOrStderr())("[%3.0f s] %s", time.Since(d.began).Seconds(), what)
}
