package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/internal/spelling"
)

// fitNeighbours leaves out of an evaluation the neighbours that there are too few
// train images for, unless they were asked for.
func fitNeighbours(c *cobra.Command, v *eval.Evaluation) error {
	images := fewestTrained(v)
	most := slices.Max(v.Config.KNN.K)
	if !hasKNN(v.Config) || most <= images {
		return nil
	}
	there := spelling.Count(images, "train image")
	few := fmt.Sprintf("%d neighbours are more than the %s", most, there)
	if c.Flags().Changed("k") {
		return usagef("--k %d: %s: ask for fewer", most, few)
	}
	v.Config = fitted(v.Config, images)
	remedy := "ask for fewer with --k"
	if c.Flags().Lookup("k") == nil { // sweep
		remedy = "leave it out"
	}
	switch {
	case len(v.Config.Protocols) == 0:
		return usagef("--protocol %s: %s: %s", eval.KNN, few, remedy)
	case hasKNN(v.Config):
		note(c.ErrOrStderr(), "left out: %s-%d: %s", eval.KNN, most, few)
	default:
		note(c.ErrOrStderr(), "left out: %s: %s: %s", eval.KNN, few, remedy)
	}
	return nil
}

// fitted is a configuration without the neighbours that so many train images do not
// have; without any that they have, it is one without kNN.
func fitted(c eval.Config, images int) eval.Config {
	if !hasKNN(c) {
		return c
	}
	fit := slices.DeleteFunc(slices.Clone(c.KNN.K), func(k int) bool { return k > images })
	if len(fit) > 0 {
		c.KNN.K = fit
		return c
	}
	c.Protocols = slices.DeleteFunc(slices.Clone(c.Protocols), func(p string) bool { return p == eval.KNN })
	return c
}

// hasKNN reports whether neighbours are asked.
func hasKNN(c eval.Config) bool { return slices.Contains(c.Protocols, eval.KNN) }
