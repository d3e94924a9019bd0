package main

import (
	"fmt"
	"strings"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/eval"
)

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
