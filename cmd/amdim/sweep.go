package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/train"
	"github.com/amdim/amdim/train/sweep"
)

// sweeping is the command's flags.
type sweeping struct {
	settings  settingsFlags
	init      originFlag
	engine    engineFlags
	eval      evaluate // of every run
	data, out string
	ablations []string
	rows      string
	seeds     []uint
	keep      []int
	json      bool

	digest string // of the images
	origin string // the checksum of --init; empty: none
}

func sweepCommand() *cobra.Command {
	s := sweeping{eval: evaluate{config: eval.Default()}}
	c := &cobra.Command{
		Use:   "sweep {--preset NAME | --config FILE | --init RUN} --data SPEC --out DIR",
		Short: "Train and evaluate a list of settings, and print a table",
		Long: `Train and evaluate one encoder for each row of a list and each seed, one after
another, and print a table of accuracies.

The rows are the paper's ablations or come from a file: a JSON object with one member
per row, which holds the settings that it changes, as in a run's config.json:

  {"plain": {}, "wide": {"model": {"ndf": 64, "n_rkhs": 256}}}

With --init, every run begins with the weights of a run or an imported checkpoint, and
rows change its settings; all must have its encoder.

Each run has its own folder in --out. To continue a sweep that was stopped, give the
same command again; what is finished is not done twice. If test images were added,
removed or written anew since, finished rows are measured again; if images that runs
learn from were, the sweep refuses: choose another --out. If a number of a run is not finite, its row
has no accuracy and the sweep continues.

Accuracies are on the test images. To choose settings by the table, measure with
--validation 0.1 on train images that the probes do not learn from, and then the
chosen run on the test images, once, with amdim eval: the best of many looks better
than it is on the images that it was chosen by.

The ablations:

` + ablationList(),
		Example: `  amdim sweep --preset cifar10-tiny --data cifar10:DIR --out runs/ablations
  amdim sweep --preset demo --data shapes --rows widths.json --validation 0.1 \
    --out runs/widths
  amdim sweep --init runs/stl10 --data folder:photos --rows rates.json \
    --out runs/rates`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return s.run(c) },
	}
	s.settings.add(c, "ablation", "seed")
	s.engine.add(c)
	f := c.Flags()
	f.StringVar(&s.data, "data", "", "labelled images: folder:DIR, shapes (generated), cifar10:DIR, …")
	f.StringVar(&s.out, "out", "", "folder for the runs")
	s.init.add(f)
	f.StringSliceVar(&s.ablations, "ablations", nil,
		"rows to run, `NAMES` with commas (default: all)")
	f.StringVar(&s.rows, "rows", "", "`FILE` of rows, instead of the ablations")
	f.UintSliceVar(&s.seeds, "seeds", []uint{1, 2}, "training seeds; each gives one run of every row")
	f.IntSliceVar(&s.keep, "keep-epochs", nil,
		"epochs to keep of every run as epoch-N.safetensors, such as 1,2,5")
	f.StringSliceVar(&s.eval.config.Protocols, "protocol", s.eval.config.Protocols,
		"what to measure: linear, mlp, knn, few-shot, paper")
	s.eval.addProbes(f)
	f.BoolVar(&s.json, "json", false, "print the table, and every result, as JSON")
	return c
}

func (s *sweeping) run(c *cobra.Command) error {
	rows, err := s.prepare(c)
	if err != nil {
		return err
	}
	runs := sweep.Runs(rows, seedsOf(s.seeds))
	var outcomes []sweep.Outcome
	var unkept error // of the first result that could not be kept in its run
	alone := true    // no run has a result, and baselines beside it
	for i, r := range runs {
		fmt.Fprintf(c.ErrOrStderr(), "run %d of %d: %s, seed %d\n", i+1, len(runs), r.Row, r.Seed)
		o, lost, err := s.one(c, r, alone)
		if errors.Is(err, context.Canceled) {
			return stoppedError{fmt.Sprintf("stopped in %s; the same command continues", r.Folder(s.out))}
		}
		if err != nil {
			return fmt.Errorf("%s: %w", r.Folder(s.out), err)
		}
		outcomes, alone = append(outcomes, o), alone && o.Result == nil
		unkept = cmp.Or(unkept, lost)
	}
	table := sweep.NewTable(rows, outcomes)
	show := table.Print
	if s.json {
		show = asJSON(table)
	}
	return cmp.Or(show(c.OutOrStdout()), unkept)
}

// prepare checks the flags and returns the rows.
func (s *sweeping) prepare(c *cobra.Command) ([]sweep.Row, error) {
	switch {
	case s.out == "":
		return nil, usagef("--out is missing: name a folder for the runs")
	case s.data == "":
		return nil, usagef("--data is missing: name labelled images, such as folder:DIR, cifar10:DIR or shapes")
	case !s.settings.named() && s.init == "" && !c.Flags().Changed("init"):
		return nil, usagef("--preset, --config or --init is missing")
	case len(s.seeds) == 0:
		return nil, usagef("--seeds is empty: need at least one")
	case s.eval.probes < 1:
		return nil, usagef("--probes %d: need at least 1", s.eval.probes)
	case s.rows != "" && c.Flags().Changed("ablations"):
		return nil, usagef("--rows and --ablations cannot be combined")
	case slices.ContainsFunc(s.settings.set, func(a string) bool { return strings.HasPrefix(a, "train.seed=") }):
		return nil, usagef("--set train.seed: set the seeds of a sweep with --seeds")
	}
	for i, seed := range s.seeds {
		if slices.Contains(s.seeds[:i], seed) {
			return nil, usagef("--seeds holds %d twice", seed)
		}
	}
	if err := checkValidation(s.eval.validation, s.eval.config); err != nil {
		return nil, err
	}
	if err := checkProbeBatch(s.eval.probeBatch); err != nil {
		return nil, err
	}
	s.eval.engine, s.eval.data = s.engine, s.data
	s.eval.configure()
	if err := s.eval.config.Validate(); err != nil {
		return nil, usageError{err}
	}
	base, began, err := s.base(c)
	if err != nil {
		return nil, err
	}
	rows, err := s.list(base)
	if err == nil {
		err = s.checkEncoders(rows, began)
	}
	if err != nil {
		return nil, err
	}
	return rows, s.check(c.Context(), rows, base)
}

// check refuses before anything is trained what would end the sweep hours later.
func (s *sweeping) check(ctx context.Context, rows []sweep.Row, base config.Config) error {
	images, err := data.Open(s.data, data.Pretrain, data.Options{Context: ctx})
	if err != nil {
		return err
	}
	if s.digest = images.Digest(); len(images.Classes()) < 2 {
		return usagef("--data %s: a sweep measures accuracy: it needs at least two classes", s.data)
	}
	if err := s.checkMeasured(ctx); err != nil {
		return err
	}
	for _, r := range rows {
		t := r.Config.Train
		if err := (train.Options{Out: s.out, KeepEpochs: s.keep}).Validate(t.Epochs); err != nil {
			return usagef("row %s: %w", r.Name, err)
		}
		if t.Batch > images.Len() {
			few := &train.BatchError{Data: s.data, Images: images.Len(), Batch: t.Batch}
			if t.Batch != base.Train.Batch { // --batch does not change it
				return usagef("row %s: %w: give the row a smaller train.batch", r.Name, few)
			}
			return usagef("row %s: %w", r.Name, smallerBatch(few, t.Batch))
		}
	}
	return nil
}

// checkMeasured refuses data without the images that accuracies are to be of.
func (s *sweeping) checkMeasured(ctx context.Context) error {
	if s.eval.validation == 0 {
		if _, err := data.Open(s.data, data.Test, data.Options{Context: ctx}); err != nil {
			return fmt.Errorf("a sweep measures accuracy on held-out images: %w", err)
		}
		return nil
	}
	set, err := data.Open(s.data, data.Train, data.Options{Context: ctx})
	if err == nil && len(data.Validation(set, s.eval.validation)) == 0 {
		err = usagef("--validation %g: no class of %s has two train images: none can be held out",
			s.eval.validation, s.data)
	}
	return err
}

// ablationList is a line for each ablation.
func ablationList() string {
	var lines []string
	for _, a := range config.Ablations() {
		lines = append(lines, fmt.Sprintf("  %-15s %s", a.Name, a.What))
	}
	return strings.Join(lines, "\n")
}

// list is the rows of the file, or those of the ablations.
func (s *sweeping) list(base config.Config) ([]sweep.Row, error) {
	if s.rows == "" {
		names := s.ablations
		if len(names) == 0 {
			names = config.AblationNames()
		}
		rows, err := sweep.Ablations(base, names...)
		if err != nil {
			return nil, usagef("--ablations: %w", err)
		}
		if s.settings.augment.policy == "none" && slices.Contains(names, "strong") {
			return nil, usagef("--policy none: row strong brings a policy; name the other rows with --ablations, " +
				"or write rows to a file for --rows")
		}
		return rows, nil
	}
	text, err := readText("--rows", s.rows, "list of rows")
	if err != nil {
		return nil, err
	}
	rows, err := sweep.Parse(text, base)
	if err != nil {
		return nil, usagef("--rows %s: %w", s.rows, err)
	}
	return rows, nil
}

// one trains a run and evaluates it, as far as that is not done already. The first
// that has a result is evaluated beside the baselines. unkept is why the run does not hold it.
func (s *sweeping) one(c *cobra.Command, r sweep.Run, baselines bool) (o sweep.Outcome, unkept, err error) {
	o = sweep.Outcome{Row: r.Row, Seed: r.Seed, Folder: r.Folder(s.out)}
	if o.Step, err = s.train(c, r); err == nil {
		o.Result, unkept, err = s.measure(c, r, o.Step, baselines)
	}
	// Of the last update nothing is seen before its weights are read or measured.
	var computed *engine.NonFiniteError
	var stored *checkpoint.NonFiniteError
	if errors.As(err, &computed) || errors.As(err, &stored) {
		o.Failed = err.Error()
		note(c.ErrOrStderr(), "%s", told(err))
		return o, unkept, nil
	}
	return o, unkept, err
}

// measure is the result of a run that is trained: the one kept there, if it is of this sweep.
func (s *sweeping) measure(
	c *cobra.Command, r sweep.Run, step int, baselines bool,
) (result *eval.Result, unkept, err error) {
	e := s.eval
	e.model, e.config.Baselines = r.Folder(s.out), baselines
	if result, err = e.evaluated(c, r.Config, step); result != nil || err != nil {
		return result, nil, err
	}
	k := e.keeper(c)
	if result, err = e.measure(c, k); k.err != nil {
		unkept = fmt.Errorf("%s: %w", e.model, k.err)
	}
	return result, unkept, err
}

// train begins a run or goes on with it, and returns the updates made.
func (s *sweeping) train(c *cobra.Command, r sweep.Run) (int, error) {
	p := pretrain{engine: s.engine, data: s.data}
	p.options = train.Options{
		Out: r.Folder(s.out), Threads: s.engine.threads, KeepEpochs: s.keep, Command: commandLine(),
	}
	p.options.Resume = train.Begun(p.options.Out)
	if err := train.CheckFolder(p.options); err != nil {
		return 0, err
	}
	if p.options.Resume {
		stored, err := checkpoint.ReadRun(train.CheckpointPath(p.options.Out))
		if err != nil {
			return 0, err
		}
		was, err := config.Parse(stored.Config)
		if err == nil {
			err = config.CheckSame(was, r.Config)
		}
		if err == nil && (s.beganOtherwise(stored) || stored.Schedules != nil) {
			err = fmt.Errorf("the run in %s began with other weights or changed its schedule", p.options.Out)
		}
		if err == nil && !data.Same(stored.Data.Spec, s.data, stored.Data.Digest == s.digest) {
			err = fmt.Errorf("the run there learns from %s, not %s", stored.Data.Spec, s.data)
		}
		if err == nil && stored.Data.Digest != s.digest {
			err = fmt.Errorf("%s has other images than the run there learns from", s.data)
		}
		if err != nil {
			return 0, usagef("%w; choose another --out", err)
		}
		if stored.Epoch >= r.Config.Train.Epochs {
			return stored.Step, s.noteUnkept(c, p.options.Out)
		}
	} else if err := s.checkInit(); err != nil {
		return 0, err
	}
	task := r.Config.Task(s.data)
	task.Init = string(s.init)
	result, err := p.fit(c, task)
	if err == nil {
		err = s.checkBegan(p.options.Out)
	}
	return result.Step, err
}

// noteUnkept says which of the epochs to keep a finished run has no state of.
func (s *sweeping) noteUnkept(c *cobra.Command, folder string) error {
	kept, err := train.KeptEpochs(folder)
	if err != nil {
		return err
	}
	var lost []string
	for _, epoch := range s.keep {
		if !slices.Contains(kept, epoch) {
			lost = append(lost, strconv.Itoa(epoch))
		}
	}
	if lost != nil {
		note(c.ErrOrStderr(), "epoch %s was not kept, and the run is finished",
			strings.Join(lost, ", "))
	}
	return nil
}
