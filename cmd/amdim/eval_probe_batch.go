package main

import (
	"fmt"
	"slices"

	"github.com/amdim/amdim/eval"
)

// enoughUpdates is how many a probe should make: CIFAR-10's 50,000 images give it 2,000.
const enoughUpdates = 1000

const fewestProbed = 10 // images in a batch that is recommended

// fewUpdates says so when images are so few that a probe of whole batches hardly learns,
// and names a batch that would let it; else it is empty.
func fewUpdates(c eval.Config, images int) string {
	probed := slices.Contains(c.Protocols, eval.Linear) || slices.Contains(c.Protocols, eval.MLP)
	if !probed || images == 0 { // of no images evaluation says so
		return ""
	}
	whole := min(images, c.Probe.Batch)
	updates := images / whole * c.Probe.Epochs
	batch := max(2, min(fewestProbed, images/4), images*c.Probe.Epochs/enoughUpdates)
	if updates >= enoughUpdates/2 || batch >= whole {
		return ""
	}
	return fmt.Sprintf("A probe makes %s on %s: --probe-batch %d gives it %d, and a fairer result.",
		counted(updates, "update", "updates"), counted(images, "train image", "train images"), batch,
		images/batch*c.Probe.Epochs)
}
