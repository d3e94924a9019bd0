package main

import (
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/train/measure"
)

// benchmark is the command's flags.
type benchmark struct {
	settings  settingsFlags
	engine    engineFlags
	data      string
	noData    bool
	decode    bool
	seconds   float64
	inference bool
	outputs   []string
	sweep     bool
	ops       int
	noProfile bool
	json      bool
}

// encoderOutputs are what a frozen encoder can be asked for.
var encoderOutputs = []string{"f1", "f5", "f7", "phi5", "phi7"}

// checkOutputs refuses others, and one that is named twice.
func checkOutputs(outputs []string) error {
	for i, o := range outputs {
		if !slices.Contains(encoderOutputs, o) || slices.Contains(outputs[:i], o) {
			return usagef("--outputs %s: need some of %s, each once",
				strings.Join(outputs, ","), strings.Join(encoderOutputs, ", "))
		}
	}
	return nil
}

func benchCommand() *cobra.Command {
	var b benchmark
	c := &cobra.Command{
		Use:   "bench {--preset NAME | --config FILE}",
		Short: "Measure training speed on this machine, and where the time goes",
		Long: `Run updates of a preset's network on this machine, discard them, and print pairs per
second, FLOP/s, memory, and the time of an update by operation. bench also measures
what the machine can do: multiply-adds in registers, memory bandwidth, and one
thread. The last line says what bounds training on this machine.

Without --data the images are noise in memory; prefetching and augmentation are
real. Nothing is written. Numbers hold for a machine as busy as it is now.

--sweep prints a Markdown table of how time and memory grow with batch, ndf,
n_depth, px and threads; all but the batch are measured at a batch of at most 32.`,
		Example: `  amdim bench --preset cifar10-tiny
  amdim bench --preset photos-tiny --data folder:photos --precision bf16
  amdim bench --preset cifar10-tiny --inference --outputs f1 --batch 100
  amdim bench --preset cifar10-tiny --sweep --seconds 60`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return b.run(c) },
	}
	b.settings.add(c, "epochs", "lr") // no update takes longer or shorter for them
	f := c.Flags()
	b.engine.add(c)
	f.StringVar(&b.data, "data", "", "images, as for pretrain (default: noise in memory)")
	f.BoolVar(&b.noData, "no-data", false, "use the same views in every update: no reading, no augmentation")
	f.BoolVar(&b.decode, "decode", false,
		"with --data: decode image files anew each time, as if memory held none")
	f.Float64Var(&b.seconds, "seconds", 10, "approximate time to spend; large networks take longer")
	f.BoolVar(&b.inference, "inference", false, "measure the frozen encoder instead, on batches in memory")
	f.StringSliceVar(&b.outputs, "outputs", []string{"f1", "phi5", "phi7"},
		"with --inference: outputs to compute, of "+strings.Join(encoderOutputs, ", "))
	f.BoolVar(&b.sweep, "sweep", false, "measure how cost grows with size instead, on batches in memory")
	f.IntVar(&b.ops, "operations", 6, "how many operations to list, slowest first")
	f.BoolVar(&b.noProfile, "no-profile", false, "do not time operations")
	f.BoolVar(&b.json, "json", false, "print the result as JSON, with all operations")
	return c
}

func (b *benchmark) check(c *cobra.Command) error {
	switch {
	case !b.settings.named():
		return usagef("--preset or --config is missing; presets are %s", strings.Join(config.Presets(), ", "))
	case b.ops < 0:
		return usagef("--operations %d: need at least 0", b.ops)
	case !(0 < b.seconds && b.seconds <= 3600):
		return usagef("--seconds %g: need more than 0 and at most 3600", b.seconds)
	case b.inference && b.sweep:
		return usagef("--inference and --sweep cannot be combined")
	case b.inference && b.engine.graphs:
		return usagef("--graphs cannot be combined with --inference: it makes no update")
	case b.data != "" && (b.noData || b.inference || b.sweep):
		return usagef("--data cannot be combined with --no-data, --inference or --sweep: they read no images")
	case b.decode && b.data == "":
		return usagef("--decode needs --data")
	case b.noProfile && (b.sweep || c.Flags().Changed("operations")):
		return usagef("--no-profile cannot be combined with --sweep or --operations")
	case c.Flags().Changed("outputs") && !b.inference:
		return usagef("--outputs needs --inference")
	}
	if err := checkOutputs(b.outputs); err != nil {
		return err
	}
	return checkThreads(b.engine.threads)
}

func (b *benchmark) reading(c config.Config) data.Options {
	r := c.Reading()
	if b.decode {
		r.Memory = 0
	}
	return r
}

func (b *benchmark) run(c *cobra.Command) error {
	if err := b.check(c); err != nil {
		return err
	}
	settings, err := b.settings.apply(config.Config{}, c)
	if err != nil {
		return err
	}
	task := measure.Task{
		Task: settings.Task(b.data), Threads: b.engine.threads,
		Seconds: b.seconds, NoLoader: b.noData, NoProfile: b.noProfile, Outputs: b.outputs,
		Open: func(threads int) (engine.Profiler, func(), error) {
			return b.engine.profiler(settings.Precision, threads)
		},
	}
	if task.Threads == 0 {
		task.Threads = runtime.GOMAXPROCS(0)
	}
	if b.data != "" {
		if task.Data, err = data.Open(b.data, data.Pretrain, b.reading(settings).Until(c.Context())); err != nil {
			return err
		}
	}
	if b.sweep {
		return b.runSweep(c, task)
	}
	job := measure.Train
	if b.inference {
		job = measure.Encode
	}
	fmt.Fprintf(c.ErrOrStderr(), "measuring for about %g seconds …\n", b.seconds)
	r, err := job(c.Context(), task)
	if err != nil {
		return smallerBatch(err, settings.Train.Batch)
	}
	if b.json {
		return printJSON(c.OutOrStdout(), benchResult{r, r.Verdict()})
	}
	return printBench(c.OutOrStdout(), r, b.ops)
}

// benchResult is what --json prints.
type benchResult struct {
	*measure.Result
	Verdict string `json:"verdict"`
}

// sweepResult is what --sweep --json prints.
type sweepResult struct {
	Points []measure.Point `json:"points"`
}

func (b *benchmark) runSweep(c *cobra.Command, task measure.Task) error {
	out := c.OutOrStdout()
	each := func(p measure.Point) { printPoint(out, p) }
	if b.json {
		each = func(measure.Point) {}
	} else {
		printSweepHead(out)
	}
	points, err := measure.Sweep(c.Context(), task, each)
	if err != nil || !b.json {
		return smallerBatch(err, 0) // of several that were tried
	}
	return printJSON(out, sweepResult{points})
}
