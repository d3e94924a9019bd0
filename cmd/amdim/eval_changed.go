package main

import (
	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/eval"
)

const changedNote = "The folder is not as it was when the model learnt from it: what is held out goes by " +
	"names, so images that were moved or renamed since may be among those it learnt from."

// noteChanged notes in a result on the folder that a model learnt from that its train
// images, with those that cannot be read, are others now. Of one that left out images by
// a list there is a note already, and no digest of the folder.
func noteChanged(r *eval.Result, learnt checkpoint.Data, now data.Dataset) {
	if _, folder := data.FolderOf(learnt.Spec); !folder || r.Data != learnt.Spec || learnt.Quarantined > 0 {
		return
	}
	if now.Digest() != learnt.Digest {
		r.Notes = append(r.Notes, changedNote)
	}
}
