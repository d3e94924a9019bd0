package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/internal/spelling"
)

// fitShots leaves out of an evaluation by few labels the numbers of images that a
// class does not have, unless they were asked for.
func fitShots(c *cobra.Command, v *eval.Evaluation) error {
	if !slices.Contains(v.Config.Protocols, eval.FewShot) || c.Flags().Changed("shots") {
		return nil // evaluation refuses what there is too little of
	}
	class, images := smallestClass(v.Train)
	fit, out := shotsOf(v.Config, images)
	if len(out) == 0 {
		return nil
	}
	few := fmt.Sprintf("class %q has %s", class, spelling.Count(images, "train image"))
	if v.Config.FewShot.Shots = fit; len(fit) == 0 {
		return usagef("--protocol %s: %s: leave the protocol out", eval.FewShot, few)
	}
	note(c.ErrOrStderr(), "left out: %s: %s", strings.Join(out, ", "), few)
	return nil
}

// shotsOf are the numbers of images that a class of so many has, and the rows of the others.
func shotsOf(c eval.Config, images int) (fit []int, out []string) {
	for _, n := range c.FewShot.Shots {
		if n <= images {
			fit = append(fit, n)
		} else {
			out = append(out, fmt.Sprintf("%s-%d", eval.FewShot, n))
		}
	}
	return fit, out
}

// smallestClass is the class of fewest images, of several the first.
func smallestClass(images *encoder.Images) (class string, least int) {
	counts := make([]int, len(images.Classes()))
	for i := range images.Len() {
		if l := images.Label(i); l >= 0 {
			counts[l]++
		}
	}
	least = slices.Min(counts)
	return images.Classes()[slices.Index(counts, least)], least
}
