package main

import (
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/eval"
)

// measuring is the command that shows what a run has learnt from images: its maps
// where people have segmented them, accuracies where they have classes, else pictures.
func measuring(run, spec string, images data.Dataset, mixture bool) string {
	_, segmented := images.(data.Segmented)
	switch {
	case segmented && mixture:
		return typed("eval", "--model", run, "--data", spec, "--protocol", eval.SegmentationProtocol)
	case len(images.Classes()) > 1:
		return typed("eval", "--model", run, "--data", spec)
	}
	return typed("report", run)
}
