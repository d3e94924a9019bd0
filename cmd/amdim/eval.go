package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/internal/memory"
)

// evaluate is the command's flags.
type evaluate struct {
	engine      engineFlags
	config      eval.Config
	model, data string
	precision   string
	probes      int
	noBaselines bool
	noCache     bool
	folds       bool
	validation  float64 // share of the train images to measure on; 0: the test images
	schedule    string
	probeEpochs int
	probeBatch  int
	curve       bool
	json        bool

	segmentation segmentation
}

// What --schedule may be.
const (
	scheduleRecord = "record"
	schedulePaper  = "paper"
)

func evalCommand() *cobra.Command {
	e := evaluate{config: eval.Default()}
	c := &cobra.Command{
		Use:   "eval --model RUN --data SPEC",
		Short: "Evaluate an encoder with probes, nearest neighbours and few labels",
		Long: `Evaluate a frozen encoder on labelled data, beside raw pixels and the same network
with random weights. The data need not be what it was trained on.

BatchNorm statistics are refreshed on unaugmented train images; f1 of every image is
computed once and standardised by the mean and deviation of the train images.
Protocols on these features:

  linear, mlp  probes trained on all train images, tested after their last epoch
  knn          a vote of the nearest neighbours, by cosine
  few-shot     a few train images of each class, drawn many times; each draw
               trains a logistic regression and, as …-mean, the class means

For comparison:

  paper        linear and MLP as the original code trained them: on augmented
               views, encoded anew in every epoch, BatchNorm set by test images

For a model with a mixture, on images that people have segmented:

  segmentation  its maps beside k-means, a random encoder and one segment:
                adjusted Rand index, covering, PRI, VI; for shapes, IoU too

All test images are used. With --validation, accuracies are of images held out from
the train images instead: choose settings by those, such as the epoch, and measure
what was chosen once on the test images.

--json prints every setting, the confusion matrices, and hashes that prove that the
encoder stayed frozen. The result is kept in the run folder, if --model names one, as
eval.json, where amdim report finds it; one on other data than the run learnt from as
transfer-NAME.json, that of segmentation as segmentation.json, or segmentation-NAME.json
on other images than were measured first, and one on validation images as
validation.json. Results of other protocols on the same images stay there,
if one set of settings describes them all (linear and mlp share theirs); any other
result that is replaced is kept as eval.prev.json, and so on. The points of --curve are
kept as curve.json or validation-curve.json, and the report draws them.`,
		Example: `  amdim eval --model runs/tiny --data cifar10:data/cifar10
  amdim eval --model runs/tiny --data folder:photos --protocol linear,few-shot
  amdim eval --model runs/stl --data stl10:data/stl10 --folds
  amdim eval --model runs/tiny --data cifar10:DIR --curve --validation 0.1
  amdim eval --model runs/photos/epoch-5.safetensors --data folder:photos --json
  amdim eval --model runs/mix --data bsds500:bsds500 --protocol segmentation`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return e.run(c) },
	}
	e.engine.add(c)
	e.add(c)
	e.segmentation.add(c)
	return c
}

func (e *evaluate) add(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&e.model, "model", "", "run folder or checkpoint")
	f.StringVar(&e.data, "data", "",
		"labelled images: folder:DIR, shapes (generated), cifar10:DIR, …; for segmentation: shapes, bsds500:DIR")
	f.StringSliceVar(&e.config.Protocols, "protocol", e.config.Protocols,
		"what to measure: linear, mlp, knn, few-shot, paper; or segmentation alone")
	e.addProbes(f)
	f.StringVar(&e.schedule, "schedule", scheduleRecord,
		"for linear and mlp: record (ours), or paper (the paper's for the data set)")
	f.IntVar(&e.probeEpochs, "probe-epochs", 0,
		"epochs of linear, mlp and paper; the schedule is fitted to them (default: the schedule's)")
	f.IntSliceVar(&e.config.KNN.K, "k", e.config.KNN.K,
		"neighbours that vote, one result per number; defaults that need more train images are left out")
	f.IntSliceVar(&e.config.FewShot.Shots, "shots", e.config.FewShot.Shots,
		"images per class for few-shot, two results per number; defaults "+
			"that need more images are left out")
	f.IntVar(&e.config.FewShot.Draws, "draws", e.config.FewShot.Draws,
		"random draws for few-shot, with seeds 1, 2, …")
	f.BoolVar(&e.folds, "folds", false,
		"STL-10's protocol: a classifier on each of its ten folds of 1000 images")
	f.IntVar(&e.config.Refresh.Batch, "refresh-batch", e.config.Refresh.Batch,
		"most images per batch of the BatchNorm refresh; lower it if memory is short")
	addPrecision(f, &e.precision)
	f.BoolVar(&e.noBaselines, "no-baselines", false, "leave out raw pixels and the random encoder")
	f.BoolVar(&e.noCache, "no-cache", false,
		"try to read all images, and neither use nor keep features in the run folder")
	f.BoolVar(&e.curve, "curve", false,
		"also measure every kept epoch of the run: accuracy against epochs and time")
	f.BoolVar(&e.json, "json", false, "print the result and every setting as JSON")
}

// addProbes adds the flags that sweep has, too.
func (e *evaluate) addProbes(f *pflag.FlagSet) {
	f.IntVar(&e.probes, "probes", len(e.config.Seeds), "number of probes of each kind, with seeds 1, 2, …")
	f.IntVar(&e.probeBatch, "probe-batch", 0,
		"images per batch of a probe (default: the schedule's, smaller where images are few)")
	f.Float64Var(&e.validation, "validation", 0,
		"measure on this share of the train images of each class, such as 0.1, instead of the test images")
}

func (e *evaluate) run(c *cobra.Command) error {
	if e.folds && c.Flags().Changed("probes") {
		return usagef("--probes cannot be combined with --folds: each fold trains one classifier")
	}
	if e.folds && e.validation != 0 {
		return usagef("--validation cannot be combined with --folds: each fold has its own train images")
	}
	if err := e.refuseStray(c); err != nil {
		return err
	}
	if err := e.engine.checkPrecision(e.precision); err != nil {
		return err
	}
	if e.segments() {
		return e.runSegmentation(c)
	}
	if err := e.check(c); err != nil {
		return err
	}
	if e.curve {
		return e.runCurve(c)
	}
	k := e.keeper(c)
	result, err := e.measure(c, k)
	if err != nil {
		return err
	}
	if k.kept && e.validation == 0 {
		sayNext(c, typed("report", e.model))
	}
	return cmp.Or(e.print(c, result.Print, result.WriteJSON), k.err)
}

// print prints a result as text, or as JSON.
func (e *evaluate) print(c *cobra.Command, text, json func(io.Writer) error) error {
	if e.json {
		return json(c.OutOrStdout())
	}
	return text(c.OutOrStdout())
}

// isRun reports whether the model is a run folder and not one of its checkpoints.
func (e *evaluate) isRun() bool {
	info, err := os.Stat(e.model)
	return err == nil && info.IsDir()
}

// cache keeps features in the run folder; nil where there is none.
func (e *evaluate) cache(c *cobra.Command) *eval.Cache {
	if e.noCache || !e.isRun() {
		return nil
	}
	return &eval.Cache{Folder: e.model, Note: noting(c)}
}

// tried is where it is kept which images can be read.
func (e *evaluate) tried() *tried {
	if e.noCache || !e.isRun() {
		return nil
	}
	return &tried{folder: e.model}
}

// measure evaluates the model and has the result kept.
func (e *evaluate) measure(c *cobra.Command, k *keeper) (*eval.Result, error) {
	m, err := openStored(e.model)
	if err != nil {
		return nil, err
	}
	defer m.weights.Close()
	v := eval.Evaluation{Config: e.config, Model: m.settings.Model, Weights: encoder.Trained(m.weights)}
	v.Command = storedCommand()
	if e.folds {
		if v.Folds, err = data.Folds(e.data); err != nil {
			return nil, fmt.Errorf("--folds: %w", err)
		}
	}
	known := e.tried()
	whole, err := e.images(c.Context(), &v, m.settings, c.ErrOrStderr(), known)
	if err != nil {
		return nil, err
	}
	if len(v.Train.Classes()) < 2 {
		return nil, e.unlabelled(c.Context())
	}
	if err := fitNeighbours(c, &v); err != nil {
		return nil, err
	}
	if err := fitShots(c, &v); err != nil {
		return nil, err
	}
	e.fitProbe(c, &v)
	closeEngines, err := e.engine.openFor(&v, cmp.Or(e.precision, m.settings.Precision))
	if err != nil {
		return nil, err
	}
	defer closeEngines()
	v.Cache = e.cache(c)
	v.Partial = k.keepModel
	v.Progress = func(what string) { fmt.Fprintln(c.ErrOrStderr(), what) }
	result, err := e.addRows(c.Context(), &v, m.meta, whole, k)
	if err != nil {
		return nil, known.forget(err)
	}
	known.keep()
	return result, nil
}

// addRows measures the model and then the baselines, which may end for want of memory
// or patience: what is known of the model is kept before.
func (e *evaluate) addRows(
	ctx context.Context, v *eval.Evaluation, meta checkpoint.Meta, trained *encoder.Images, k *keeper,
) (*eval.Result, error) {
	result, err := v.Start()
	if err != nil {
		return nil, err
	}
	result.Model, result.Data = e.model, asLearnt(meta.Data, e.data, trained)
	result.Step, result.TrainedOn = meta.Step, meta.Data.Spec
	k.own = result.Data == meta.Data.Spec || learntFrom(meta.Data, trained)
	k.imported = meta.Data.Images == 0
	noteLeftOut(result, meta.Data)
	noteChanged(result, meta.Data, trained)
	noteOrigin(result, meta)
	if _, err := v.AddModel(ctx, result); err != nil {
		return nil, err
	}
	if v.Config.Baselines {
		k.keepModel(result)
		v.Memory = int64(memory.Available())
		if err := v.AddBaselines(ctx, result); err != nil {
			return nil, err
		}
	}
	k.keep(result)
	return result, nil
}

// unlabelled is the error of data without classes.
func (e *evaluate) unlabelled(ctx context.Context) error {
	do := data.ForClasses(e.data)
	_, err := e.segmentation.open(ctx, e.data)
	if ctx.Err() != nil {
		return err
	}
	if err == nil {
		do = "--protocol " + eval.SegmentationProtocol + " measures the maps of a mixture on these images"
	}
	return fmt.Errorf("eval: %s has no classes to tell apart: %s", e.data, do)
}

// check completes the configuration from the flags and refuses a wrong one.
func (e *evaluate) check(c *cobra.Command) error {
	switch {
	case e.model == "":
		return usagef("--model is missing: name a run folder or a checkpoint")
	case e.data == "":
		return usagef("--data is missing: name labelled images, such as folder:DIR, cifar10:DIR or shapes")
	case e.probes < 1:
		return usagef("--probes %d: need at least 1", e.probes)
	case e.schedule != scheduleRecord && e.schedule != schedulePaper:
		return usagef("--schedule %q: need %s or %s", e.schedule, scheduleRecord, schedulePaper)
	case e.probeEpochs < 0:
		return usagef("--probe-epochs %d: need at least 1, or 0 for the schedule's", e.probeEpochs)
	}
	if err := checkProbeBatch(e.probeBatch); err != nil {
		return err
	}
	if err := checkValidation(e.validation, e.config); err != nil {
		return err
	}
	e.configure()
	err := e.config.Validate()
	if err == nil && e.folds {
		err = e.config.ValidateFolds()
	}
	if err != nil {
		return usageError{err}
	}
	return e.refuseUnasked(c)
}

// configure sets what the flags say.
func (e *evaluate) configure() {
	e.config.Paper = eval.PaperProbe(data.Origin(e.data))
	if e.schedule == schedulePaper {
		e.config.Probe = e.config.Paper
	}
	if n := e.probeEpochs; n > 0 {
		e.config.Probe, e.config.Paper = e.config.Probe.Within(n), e.config.Paper.Within(n)
	}
	if n := e.probeBatch; n > 0 {
		e.config.Probe.Batch, e.config.Paper.Batch = n, n
	}
	if e.folds {
		e.probes = 1
	}
	e.config.Seeds = countedSeeds(e.probes)
	e.config.Baselines = !e.noBaselines
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
