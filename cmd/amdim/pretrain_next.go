package main

import (
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/eval"
)

// measuring is the command that shows what a run has learnt from images: its maps
// where people have segmented them and the network can, accuracies where they have
// classes and all that are held out are of one, else pictures.
func measuring(run, spec string, images data.Dataset, segments bool) string {
	_, segmented := images.(data.Segmented)
	switch {
	case segmented && segments:
		return typed("eval", "--model", run, "--data", spec, "--protocol", eval.SegmentationProtocol)
	case len(images.Classes()) > 1 && heldOutClassed(spec):
		return typed("eval", "--model", run, "--data", spec)
	}
	return typed("report", run)
}

// heldOutClassed reports whether there are held-out images and each is of a class.
func heldOutClassed(spec string) bool {
	held, err := data.Open(spec, data.Test, data.Options{})
	return err == nil && held.Len() > 0 && labelled(held).Len() == held.Len()
}
