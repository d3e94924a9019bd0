package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/internal/spelling"
	"github.com/amdim/amdim/train"
	"github.com/amdim/amdim/train/plan"
)

// planned is the command's flags.
type planned struct {
	settings settingsFlags
	engine   engineFlags
	init     originFlag
	data     string
	images   int
	seconds  float64
	json     bool
}

func planCommand() *cobra.Command {
	var p planned
	c := &cobra.Command{
		Use:   "plan {--preset NAME | --config FILE | --init RUN}",
		Short: "Estimate what training will take: memory, time, which batch fits",
		Long: `Estimate what training will take before it starts: parameters, FLOPs, memory, the
largest batch that fits, and the time per epoch and in all.

A few updates of the network are run on this machine and discarded; with --data, a
sample of the images is read and augmented, and the largest files are decoded for the
memory that takes. The output says which numbers were computed and which were
measured: measured ones hold for a machine as busy as it is now. plan takes the
settings of pretrain and writes nothing.`,
		Example: `  amdim plan --preset photos-tiny --data folder:photos
  amdim plan --preset photos-small --data folder:photos --batch 64 --epochs 20
  amdim plan --init runs/photos --data folder:more
  amdim plan --preset cifar10-tiny --images 50000`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return p.run(c) },
	}
	p.settings.add(c)
	p.engine.add(c)
	f := c.Flags()
	p.init.add(f)
	f.StringVar(&p.data, "data", "", "images, as for pretrain (default: random pixels)")
	f.IntVar(&p.images, "images", 0, "without --data: number of images in an epoch")
	f.Float64Var(&p.seconds, "seconds", 8, "time to spend measuring updates")
	f.BoolVar(&p.json, "json", false, "print the plan as JSON")
	return c
}

func (p *planned) run(c *cobra.Command) error {
	switch {
	case p.images < 0:
		return usagef("--images %d: need at least 0", p.images)
	case p.images > 0 && p.data != "":
		return usagef("--images and --data cannot be combined: the data says how many images there are")
	case !(0 < p.seconds && p.seconds <= 3600):
		return usagef("--seconds %g: need more than 0 and at most 3600", p.seconds)
	}
	if err := p.init.check(c); err != nil {
		return err
	}
	origin, err := p.init.read()
	if err == nil {
		_, err = p.init.verify()
	}
	if err != nil {
		return err
	}
	settings, err := p.init.settings(p.settings, c, origin)
	if err != nil {
		return err
	}
	e, closeEngine, err := p.engine.open(settings.Precision)
	if err != nil {
		return err
	}
	defer closeEngine()
	task := plan.Task{
		Task: settings.Task(p.data), Images: p.images, Threads: p.engine.threads, Seconds: p.seconds,
		Elsewhere: p.engine.name == "torch",
	}
	task.Engine = e
	if p.data != "" {
		reading := settings.Reading().Until(c.Context())
		keep := reading.Memory
		reading.Memory = 0 // reading shall be measured, not remembering
		if task.Data, err = data.Open(p.data, data.Pretrain, reading); err != nil {
			return err
		}
		_, packed := task.Data.(*data.Packed) // it keeps none
		if _, files := task.Data.(data.Named); files && !packed {
			task.Keep = keep
		}
	}
	fmt.Fprintln(c.ErrOrStderr(), "measuring a few updates …")
	made, err := plan.Make(c.Context(), task)
	if err != nil {
		return err
	}
	return p.report(c, made)
}

// fewToLearnFrom give features far worse than those of an encoder of other images: of 446, a
// linear probe has 25 points less (RESULTS.md).
const fewToLearnFrom = 1000

// planResult is what --json prints.
type planResult struct {
	*plan.Plan
	Verdicts []string `json:"verdicts"`
	Next     string   `json:"next"`
}

func (p *planned) report(c *cobra.Command, made *plan.Plan) error {
	batch := p.batch(c, made)
	next := p.next(c, made, batch)
	if p.json {
		return printJSON(c.OutOrStdout(), planResult{made, made.Verdicts(), next})
	}
	if err := made.Print(c.OutOrStdout()); err != nil {
		return err
	}
	if next == "" {
		return nil
	}
	if n := made.Images.Number; n > 0 && n < fewToLearnFrom && p.init == "" {
		note(c.ErrOrStderr(), "%s are few to learn from alone; pretrain --init RUN begins with the weights "+
			"of a run on others", spelling.Count(n, "image"))
	}
	if n := made.Images.Number; batch < made.SmallerBatch() {
		note(c.ErrOrStderr(), "%s make %s of %d per epoch; with --batch %d, %d", spelling.Count(n, "image"),
			spelling.Count(n/made.Batch, "update"), made.Batch, batch, n/batch)
	}
	return sayNext(c, next)
}

// batch is the plan's, or a smaller one that fits and leaves enough updates an epoch;
// 0 when none does.
func (p *planned) batch(c *cobra.Command, made *plan.Plan) int {
	batch := made.SmallerBatch()
	if n := made.Images.Number; n > 0 && !c.Flags().Lookup("batch").Changed {
		batch = min(batch, train.BatchFor(n, made.Batch))
	}
	return batch
}

// next is the command that trains as planned, with the batch that fits; empty when
// none does.
func (p *planned) next(c *cobra.Command, made *plan.Plan, batch int) string {
	if batch == 0 {
		return ""
	}
	words := []string{"pretrain"}
	add := func(flag, value string) {
		if value != "" {
			words = append(words, "--"+flag, value)
		}
	}
	add("preset", p.settings.preset)
	add("config", p.settings.file)
	add("init", string(p.init))
	spec := p.data
	if spec == "" {
		spec = "SPEC"
	}
	add("data", spec)
	add("out", p.runFolder())
	add("augment", p.settings.augment.strength)
	add("policy", p.settings.augment.policy)
	add("ablation", p.settings.ablation)
	for _, s := range p.settings.set {
		add("set", s)
	}
	for _, s := range shortFlags {
		if v := c.Flags().Lookup(s.flag); v.Changed && s.flag != "batch" {
			add(s.flag, v.Value.String())
		}
	}
	if batch != made.Batch || c.Flags().Lookup("batch").Changed {
		add("batch", strconv.Itoa(batch))
	}
	return typed(append(words, p.engine.words()...)...)
}

// runFolder proposes a folder for the run, named for what its settings are from.
func (p *planned) runFolder() string {
	switch {
	case p.settings.preset != "":
		return "runs/" + p.settings.preset
	case p.settings.file != "":
		return "runs/" + strings.TrimSuffix(filepath.Base(p.settings.file), filepath.Ext(p.settings.file))
	}
	run, err := filepath.Abs(string(p.init))
	if err != nil {
		return "runs/next"
	}
	if info, err := os.Stat(run); err == nil && !info.IsDir() {
		run = filepath.Dir(run)
	}
	return "runs/" + filepath.Base(run) + "-next"
}
