package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/mixture"
)

// segmentation is the protocol of the same name: it stands by itself.
type segmentation struct {
	flags     segmentFlags
	split     string
	images    int
	negatives string
}

func (s *segmentation) add(c *cobra.Command) {
	s.flags.add(c)
	f := c.Flags()
	f.StringVar(&s.split, "split", "test",
		"split to measure segmentation on, train or test; tune settings on train")
	f.IntVar(&s.images, "images", 0, "measure segmentation on this many images, evenly spaced (default: all)")
	f.StringVar(&s.negatives, "negatives", "",
		"images to score locations against, except those that pretrain --quarantine left out "+
			"(default: those kept beside the model, or those it was trained on)")
}

// segments reports whether segmentation is asked for.
func (e *evaluate) segments() bool {
	return slices.Contains(e.config.Protocols, eval.SegmentationProtocol)
}

// Flags that only segmentation, or only the others, look at.
var (
	ofSegmentation = []string{
		"split", "images", "negatives", "side", "step", "tau", "fit", "share", "upsample", "least",
	}
	ofProbes = []string{
		"probes", "schedule", "probe-epochs", "probe-batch", "k", "shots", "draws", "folds", "refresh-batch",
		"no-cache", "curve", "validation", "graphs",
	}
)

// refuseStray refuses a flag that would not be looked at.
func (e *evaluate) refuseStray(c *cobra.Command) error {
	stray, only := ofSegmentation, "is for"
	if e.segments() {
		stray, only = ofProbes, "is not for"
	}
	for _, name := range stray {
		if c.Flags().Changed(name) {
			return usagef("--%s %s --protocol %s", name, only, eval.SegmentationProtocol)
		}
	}
	return nil
}

// ofProtocols are flags that only some of the other protocols look at.
var ofProtocols = []struct{ flags, protocols []string }{
	{[]string{"k"}, []string{eval.KNN}},
	{[]string{"shots", "draws"}, []string{eval.FewShot}},
	{[]string{"schedule"}, []string{eval.Linear, eval.MLP}},
	{[]string{"probes", "probe-epochs", "probe-batch"}, []string{eval.Linear, eval.MLP, eval.Paper}},
}

// refuseUnasked refuses a flag that none of the protocols looks at.
func (e *evaluate) refuseUnasked(c *cobra.Command) error {
	for _, o := range ofProtocols {
		asked := func(p string) bool { return slices.Contains(e.config.Protocols, p) }
		for _, name := range o.flags {
			if c.Flags().Changed(name) && !slices.ContainsFunc(o.protocols, asked) {
				return usagef("--%s is for --protocol %s", name, strings.Join(o.protocols, " or "))
			}
		}
	}
	return nil
}

// runSegmentation measures the maps of a mixture.
func (e *evaluate) runSegmentation(c *cobra.Command) error {
	switch s := e.segmentation; {
	case len(e.config.Protocols) > 1:
		return usagef("--protocol: segmentation is measured by itself")
	case e.model == "":
		return usagef("--model is missing: name a run folder or a checkpoint")
	case e.data == "":
		return usagef("--data is missing: name images with known segmentations, such as shapes or bsds500:DIR")
	case s.split != "test" && s.split != "train":
		return usagef("--split %q: need train or test", s.split)
	case s.images < 0:
		return usagef("--images %d: need at least 1, or 0 for all", s.images)
	}
	m, err := openStored(e.model)
	if err != nil {
		return err
	}
	defer m.weights.Close()
	r, err := e.measureSegmentation(c, m)
	if err != nil {
		return err
	}
	k := e.keeper(c)
	if k.keepSegmented(r); k.kept {
		sayNext(c, typed("report", e.model))
	}
	return cmp.Or(e.print(c, r.Print, asJSON(r)), k.err)
}

func (e *evaluate) measureSegmentation(c *cobra.Command, m storedModel) (*eval.Segmented, error) {
	err := e.segmentation.flags.check(m.settings.Model)
	if err != nil {
		return nil, err
	}
	v := eval.Segmentation{
		Config: eval.DefaultSegmentation(), Model: m.settings.Model, Weights: encoder.Trained(m.weights),
		Threads:   e.engine.threads,
		Negatives: m.settings.Negatives(m.file, m.meta.Data, e.segmentation.negatives),
	}
	v.Config.Segment, v.Config.Images = e.segmentation.flags.config, e.segmentation.images
	v.Config.Baselines = !e.noBaselines
	if v.Data, err = e.segmentation.open(c.Context(), e.data); err != nil {
		return nil, err
	}
	engine, closeEngine, err := e.engine.open(cmp.Or(e.precision, m.settings.Precision))
	if err != nil {
		return nil, err
	}
	defer closeEngine()
	v.Engine = engine
	bar := counter{out: c.ErrOrStderr(), noun: "images"}
	bad := noteBad{say: saying(c.ErrOrStderr())}
	v.Progress, v.Negatives.OnBad = bar.set, bad.add
	v.Negatives.Note = noting(c)
	v.Negatives.OnLearn = func(int) { noteReading(c, v.Negatives.Data) }
	v.Note = func(leftOut string) { bad.say("note: left out: %s; use --negatives to name others", leftOut) }
	r, err := v.Run(c.Context())
	bar.finish()
	bad.finish(typed("data", "check", v.Negatives.Data))
	switch {
	case errors.Is(err, mixture.ErrNoNegatives) && e.segmentation.negatives != "":
		return nil, fmt.Errorf("--negatives: %w", err)
	case errors.Is(err, mixture.ErrNoNegatives):
		return nil, fmt.Errorf("%w; use --negatives to name others", err)
	case err != nil:
		return nil, unsegmented(err)
	}
	r.Model, r.Data, r.Split = e.model, asLearnt(m.meta.Data, e.data, nil), e.segmentation.split
	r.Step, r.TrainedOn = m.meta.Step, m.meta.Data.Spec
	r.Command = storedCommand()
	return r, nil
}

// open opens images with known segmentations at full size.
func (s segmentation) open(ctx context.Context, spec string) (data.Segmented, error) {
	split := data.Test
	if s.split == "train" {
		split = data.Train
	}
	set, err := data.OpenSegmented(spec, split, data.Options{Context: ctx})
	if errors.Is(err, data.ErrNotSegmented) {
		return nil, fmt.Errorf("--data %w", err)
	}
	return set, err
}
