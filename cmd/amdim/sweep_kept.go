package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/eval"
)

// evaluated is what e would measure of a finished run, if that is in the result kept there;
// nil if it is to be measured. Rows of a table on other images than those of today do not
// compare, and a run that learnt from others is not of this sweep.
func (e *evaluate) evaluated(c *cobra.Command, settings config.Config, step int) (*eval.Result, error) {
	kept, err := eval.ReadKept(resultPath(e.model, e.validation), eval.ReadResult)
	if err != nil || kept == nil { // what cannot be read is measured again
		return nil, nil
	}
	same := data.Same(kept.Data, e.data, true)
	if !same || kept.Step != step || kept.Validation != e.validation || kept.Folds != 0 {
		return nil, nil
	}
	var now eval.Evaluation
	known := e.tried()
	if _, err := e.images(c.Context(), &now, settings, io.Discard, known); err != nil {
		return nil, err
	}
	known.keep()
	if kept.TrainContents != now.Train.Contents {
		return nil, usagef("train images of %s hold something else than when the run there learnt from them; "+
			"choose another --out", e.data)
	}
	if !kept.Of(now.Train, now.Test) {
		return nil, nil
	}
	want := fitted(e.config, now.Train.Len())
	want.Probe = e.probe(now.Train.Len(), settings.Model.NRKHS)
	_, least := smallestClass(now.Train)
	want.FewShot.Shots, _ = shotsOf(want, least)
	part, ok := kept.Part(want)
	if !ok {
		return nil, nil
	}
	return part, nil
}
