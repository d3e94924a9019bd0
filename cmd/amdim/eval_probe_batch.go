package main

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/internal/spelling"
)

// checkProbeBatch refuses a number that no probe can have.
func checkProbeBatch(n int) error {
	if n < 0 || n == 1 {
		return usagef("--probe-batch %d: need at least 2, or 0 for the schedule's", n)
	}
	return nil
}

// fewestTrained is how many images a classifier learns from: on folds, the one of the smallest.
func fewestTrained(v *eval.Evaluation) int {
	images := v.Train.Len()
	for _, fold := range v.Folds {
		images = min(images, len(fold))
	}
	return images
}

// fitProbe makes the batches of linear and mlp smaller where they would hardly learn from
// so few images, unless a size was asked for, and says so.
func (e *evaluate) fitProbe(c *cobra.Command, v *eval.Evaluation) {
	images := fewestTrained(v)
	was := v.Config.Probe.Batch
	v.Config.Probe = e.probe(images, v.Model.NRKHS)
	probed := slices.Contains(v.Config.Protocols, eval.Linear) || slices.Contains(v.Config.Protocols, eval.MLP)
	if now := v.Config.Probe.Batch; now != was && probed {
		note(c.ErrOrStderr(), "probes learn in batches of %d, not %d, so that %s give enough "+
			"updates; --probe-batch %d keeps %d", now, was, spelling.Count(images, "train image"), was, was)
	}
}

// probe is the schedule of linear and mlp on so many train images of dim features.
func (e *evaluate) probe(images, dim int) eval.ProbeConfig {
	if e.probeBatch > 0 || e.schedule == schedulePaper {
		return e.config.Probe
	}
	return e.config.Probe.ForImages(images, dim)
}
