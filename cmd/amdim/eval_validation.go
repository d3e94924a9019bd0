package main

import (
	"context"
	"io"
	"slices"

	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/eval"
)

// checkValidation refuses a share that cannot be held out.
func checkValidation(share float64, c eval.Config) error {
	switch {
	case share == 0:
		return nil
	case !(share > 0 && share <= eval.MaxValidation):
		return usagef("--validation %g: need more than 0 and at most %g", share, eval.MaxValidation)
	case slices.Contains(c.Protocols, eval.Paper):
		return usagef("--validation cannot be combined with --protocol %s, which uses test images", eval.Paper)
	}
	return nil
}

// images opens those that probes learn from and those that they are measured on. whole
// are the former including what is held out for validation.
func (e *evaluate) images(
	ctx context.Context, v *eval.Evaluation, c config.Config, messages io.Writer, known *tried,
) (whole *encoder.Images, err error) {
	o := opener{e.data, c, e.engine.threads, messages, known}
	if e.validation == 0 {
		v.Train, v.Test, err = o.both(ctx)
		return v.Train, err
	}
	whole, err = o.part(ctx, data.Train)
	if err == nil && len(whole.Classes()) < 2 {
		err = e.unlabelled(ctx)
	}
	if err == nil {
		err = v.HoldOut(whole, e.validation)
	}
	return whole, err
}
