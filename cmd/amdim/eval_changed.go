package main

import (
	"slices"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/eval"
)

// noteChanged notes in a result that the folder a model learnt from now has other train
// images. The demo learns from those that can be read, other trainings know them all. If
// a list left images out there is a note already, and no digest of the folder.
func noteChanged(r *eval.Result, learnt checkpoint.Data, now *encoder.Images) {
	if _, folder := data.FolderOf(learnt.Spec); !folder || r.Data != learnt.Spec || learnt.Quarantined > 0 {
		return
	}
	if !slices.Contains([]string{now.Digest(), now.All().Digest()}, learnt.Digest) {
		r.Notes = append(r.Notes, eval.FolderChanged)
	}
}
