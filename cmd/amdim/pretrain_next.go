package main

import (
	"context"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/eval"
)

// following are the commands for a run that is whole: what shows what it has learnt and,
// where the network segments, what is to be had of it.
func following(ctx context.Context, run, spec string, images data.Dataset, segments bool) []string {
	commands := []string{measuring(ctx, run, spec, images, segments)}
	if segments {
		commands = append(commands, typed("segment", "--model", run, "--out", "segments", "IMAGE"))
	}
	return commands
}

// measuring is the command that shows what a run has learnt from images: its maps
// where people have segmented them and the network can, accuracies where they have
// classes and all that are held out are of one, else pictures.
func measuring(ctx context.Context, run, spec string, images data.Dataset, segments bool) string {
	_, segmented := images.(data.Segmented)
	switch {
	case segmented && segments:
		return typed("eval", "--model", run, "--data", spec, "--protocol", eval.SegmentationProtocol)
	case len(images.Classes()) > 1 && heldOutClassed(ctx, spec):
		return typed("eval", "--model", run, "--data", spec)
	}
	return typed("report", run)
}

// heldOutClassed reports whether there are held-out images and each is of a class.
func heldOutClassed(ctx context.Context, spec string) bool {
	held, err := data.Open(spec, data.Test, data.Options{Context: ctx})
	if err != nil || held.Len() == 0 || len(held.Classes()) < 2 {
		return false
	}
	for i := range held.Len() {
		if held.Label(i) < 0 {
			return false
		}
	}
	return true
}
