package main

import (
	"fmt"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/internal/spelling"
)

// noteLeftOut notes in a result on the data that a model learnt from what its
// pretraining left out by a list: an evaluation, whose figures are to compare with
// published ones, leaves nothing out.
func noteLeftOut(r *eval.Result, learnt checkpoint.Data) {
	if learnt.Quarantined == 0 || r.Data != learnt.Spec {
		return
	}
	r.Notes = append(r.Notes, fmt.Sprintf("Pretraining left out %s by a quarantine list, such as "+
		"copies of test images; nothing is left out here, so they may be among the train images.",
		spelling.Count(learnt.Quarantined, "image")))
}
