package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/train"
)

// evaluate is the command's flags.
type evaluate struct {
	engine      engineFlags
	config      eval.Config
	model, data string
	precision   string
	seeds       int
	noBaselines bool
	json        bool
}

func evalCommand() *cobra.Command {
	e := evaluate{config: eval.Default()}
	c := &cobra.Command{
		Use:   "eval",
		Short: "Measure an encoder by probes, neighbours and few labels",
		Long: `Measure a frozen encoder on labelled data, beside raw pixels and the same network
with random weights.

BatchNorm statistics are refreshed on plain train images; f1 of every image is
computed once and standardised by the moments of train. Probes are trained on all
train images and tested after their last epoch on all test images. few-shot draws a few
train images of each class many times; from each draw learn a logistic regression
and, as …-mean, the class means. --json holds every setting, the confusion
matrices, and hashes that prove the encoder frozen. The result is kept as
eval.json in the run folder, where amdim report finds it.`,
		Example: `  amdim eval --model runs/tiny --data cifar10:data/cifar10
  amdim eval --model runs/tiny --data cifar10:data/cifar10 --protocol few-shot
  amdim eval --model runs/photos/epoch-5.safetensors --data folder:photos --json`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return e.run(c) },
	}
	e.engine.add(c)
	f := c.Flags()
	f.StringVar(&e.model, "model", "", "run folder, or a checkpoint of one")
	f.StringVar(&e.data, "data", "", "labelled images: folder:DIR, shapes (generated), cifar10:DIR, …")
	f.StringSliceVar(&e.config.Protocols, "protocol", e.config.Protocols,
		"what to measure: linear, mlp, knn, few-shot")
	f.IntVar(&e.seeds, "seeds", len(e.config.Seeds), "probes of each kind, with seeds 1, 2, …")
	f.IntSliceVar(&e.config.KNN.K, "k", e.config.KNN.K, "neighbours that vote; each number gives a result")
	f.IntSliceVar(&e.config.FewShot.Shots, "shots", e.config.FewShot.Shots,
		"images per class of few-shot; each number gives two results")
	f.IntVar(&e.config.FewShot.Draws, "draws", e.config.FewShot.Draws,
		"of the images of few-shot, with seeds 1, 2, …")
	f.IntVar(&e.config.Refresh.Batch, "refresh-batch", e.config.Refresh.Batch,
		"images in a batch of the refresh; less when memory is short")
	f.StringVar(&e.precision, "precision", "",
		"of the encoder's products: bf16 or f32 (default: as it was trained)")
	f.BoolVar(&e.noBaselines, "no-baselines", false, "leave out raw pixels and the random encoder")
	f.BoolVar(&e.json, "json", false, "print the result with every setting as JSON")
	return c
}

func (e *evaluate) run(c *cobra.Command) error {
	if err := e.check(); err != nil {
		return err
	}
	result, err := e.measure(c)
	if err != nil {
		return err
	}
	if _, err := os.Stat(train.EvalPath(e.model)); err == nil {
		fmt.Fprintf(c.ErrOrStderr(), "next: %s\n", typed("report", e.model))
	}
	if e.json {
		return result.WriteJSON(c.OutOrStdout())
	}
	return result.Print(c.OutOrStdout())
}

// measure evaluates the model and keeps the result in its run.
func (e *evaluate) measure(c *cobra.Command) (*eval.Result, error) {
	path, err := checkpointOf(e.model)
	if err != nil {
		return nil, err
	}
	weights, err := checkpoint.Open(path)
	if err != nil {
		return nil, err
	}
	defer weights.Close()
	settings, err := settingsOf(weights)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	v := eval.Evaluation{Config: e.config, Model: settings.Model, Weights: weightsOf(weights)}
	v.Train, v.Test, err = openPlain(c.Context(), e.data, settings, e.engine.threads, c.ErrOrStderr())
	if err != nil {
		return nil, err
	}
	if len(v.Train.Classes()) < 2 {
		return nil, fmt.Errorf("eval: %s has no classes to tell apart: a folder needs two folders or more with images, "+
			"one for each class", e.data)
	}
	if e.precision == "" {
		e.precision = settings.Precision
	}
	closeEngines, err := e.engine.openFor(&v, e.precision)
	if err != nil {
		return nil, err
	}
	defer closeEngines()
	v.Progress = func(what string) { fmt.Fprintln(c.ErrOrStderr(), what) }
	result, _, err := v.Run(c.Context())
	if err != nil {
		return nil, err
	}
	result.Model, result.Data = e.model, e.data
	e.keep(c, weights, result)
	return result, nil
}

// keep stores the result of a run in its folder, where the report finds it. A
// folder that cannot be written to does not spoil what was measured.
func (e *evaluate) keep(c *cobra.Command, weights *checkpoint.Reader, result *eval.Result) {
	if meta, err := weights.Run(); err == nil {
		result.Step = meta.Step
	}
	if info, err := os.Stat(e.model); err != nil || !info.IsDir() {
		return
	}
	var text bytes.Buffer
	err := result.WriteJSON(&text)
	if err == nil {
		err = replaceFile(train.EvalPath(e.model), text.Bytes())
	}
	if err != nil {
		fmt.Fprintf(c.ErrOrStderr(), "note: the result is not kept in the run: %v\n", err)
		return
	}
	fmt.Fprintf(c.ErrOrStderr(), "kept: %s\n", train.EvalPath(e.model))
}

// replaceFile writes a file whole or not at all.
func replaceFile(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-")
	var wrong *fs.PathError // it names the temporary file
	if errors.As(err, &wrong) {
		return fmt.Errorf("write %s: %w", path, wrong.Err)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// check completes the configuration from the flags and refuses a wrong one.
func (e *evaluate) check() error {
	switch {
	case e.model == "":
		return usagef("--model is missing: a run folder or a checkpoint")
	case e.data == "":
		return usagef("--data is missing: labelled images, such as folder:DIR, cifar10:DIR or shapes")
	case e.seeds < 1:
		return usagef("--seeds %d: need at least 1", e.seeds)
	}
	e.config.Seeds = countedSeeds(e.seeds)
	e.config.Baselines = !e.noBaselines
	if err := e.config.Validate(); err != nil {
		return usageError{err}
	}
	return nil
}

// countedSeeds are the seeds of n probes: 1, 2, …
func countedSeeds(n int) []uint64 {
	seeds := make([]uint64, n)
	for i := range seeds {
		seeds[i] = uint64(i + 1)
	}
	return seeds
}

// checkpointOf is the checkpoint that a model names: a file, or that of a run.
func checkpointOf(model string) (string, error) {
	path, err := train.CheckpointOf(model)
	if err != nil {
		return "", fmt.Errorf("--model: %w", err)
	}
	return path, nil
}

// settingsOf are the settings that a checkpoint was trained with.
func settingsOf(r *checkpoint.Reader) (config.Config, error) {
	meta, err := r.Run()
	if err != nil {
		return config.Config{}, err
	}
	settings, err := config.Parse(meta.Config)
	if err != nil {
		return settings, err
	}
	return settings, settings.Validate()
}

// weightsOf are those of a checkpoint.
func weightsOf(r *checkpoint.Reader) eval.Weights {
	return func(s engine.State, _ []graph.Var) error { return r.RestoreWeights(checkpoint.Finite(s)) }
}

// openPlain opens both splits through the test transform of a run.
// Files that cannot be read are left out.
func openPlain(
	ctx context.Context, spec string, c config.Config, threads int, messages io.Writer,
) (trainImages, testImages *eval.Images, err error) {
	images := [2]*eval.Images{}
	for i, split := range []data.Split{data.Train, data.Test} {
		set, err := openReadable(ctx, spec, split, c, threads, messages)
		if err != nil {
			return nil, nil, err
		}
		if images[i], err = eval.NewImages(set, c.Model.Px, c.Augment); err != nil {
			return nil, nil, err
		}
	}
	return images[0], images[1], nil
}

// openFor gives an evaluation its engines: one for the encoder, and one in
// float32 for the probes, which must not round the features again.
func (f engineFlags) openFor(v *eval.Evaluation, precision string) (closeAll func(), err error) {
	encoder, closeEncoder, err := f.open(precision)
	if err != nil {
		return nil, err
	}
	probe, closeProbe, err := f.open("f32")
	if err != nil {
		closeEncoder()
		return nil, err
	}
	v.Engine, v.ProbeEngine = encoder, probe
	return func() { closeEncoder(); closeProbe() }, nil
}
