package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim"
	"github.com/amdim/amdim/train"
)

// prepareSegment keeps what amdim segment needs beside a finished mixture, while its
// images are there. What fails then is done when it is needed; a stop is an error.
func (p *pretrain) prepareSegment(c *cobra.Command, task train.Task) error {
	file := train.NegativesPath(train.CheckpointPath(p.options.Out))
	fmt.Fprintf(c.ErrOrStderr(), "collecting locations of images of %s for amdim segment: %s\n",
		task.DataSpec, file)
	m, closeModel, err := p.engine.openModel(p.options.Out, amdim.Options{Note: noting(c)})
	if err == nil {
		err = m.PrepareSegment(c.Context())
		closeModel()
	}
	if errors.Is(err, context.Canceled) {
		return stoppedError{"stopped while locations were collected: the encoder is complete, and " +
			"amdim segment collects them when it needs them"}
	}
	if err != nil {
		note(c.ErrOrStderr(), "%s", told(err))
	}
	return nil
}
