package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/internal/spelling"
)

// asLearnt is a spec in the spelling of what a model learnt from, if both name the same data: notes,
// files and pages tell a run's own results by the text of that. now may be nil.
func asLearnt(learnt checkpoint.Data, spec string, now *encoder.Images) string {
	if data.Same(learnt.Spec, spec, now != nil && learntFrom(learnt, now)) {
		return learnt.Spec
	}
	return spec
}

// learntFrom reports whether images are those that a model learnt from, wherever they are now.
func learntFrom(learnt checkpoint.Data, now *encoder.Images) bool {
	return slices.Contains([]string{now.Digest(), now.All().Digest()}, learnt.Digest)
}

// noteChanged notes in a result that the folder a model learnt from now has other train
// images. The demo learns from those that can be read, other trainings know them all. If
// a list left images out there is a note already, and no digest of the folder.
func noteChanged(r *eval.Result, learnt checkpoint.Data, now *encoder.Images) {
	if _, folder := data.FolderOf(learnt.Spec); !folder || r.Data != learnt.Spec || learnt.Quarantined > 0 {
		return
	}
	if !learntFrom(learnt, now) {
		r.Notes = append(r.Notes, eval.FolderChanged)
	}
}

// noteOrigin notes in a result what other images the weights of a model have learnt from:
// the run knows no more of them than where they were.
func noteOrigin(r *eval.Result, m checkpoint.Meta) {
	var from []string
	for _, o := range m.Others() {
		from = append(from, o.Learnt())
	}
	if from != nil {
		r.Notes = append(r.Notes, fmt.Sprintf("The model began with weights learnt on %s, "+
			"which may hold images that are tested here.", strings.Join(from, " and on ")))
	}
}

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
