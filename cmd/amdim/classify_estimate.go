package main

import (
	"fmt"
	"io"

	"github.com/amdim/amdim/classify"
	"github.com/amdim/amdim/internal/spelling"
)

// printEstimate says how many images some classes were learnt from, and how often they will
// be right.
func printEstimate(w io.Writer, classes, images int, e classify.Estimate) {
	fmt.Fprintf(w, "%d classes learnt from %s\n", classes, spelling.Count(images, "labelled image"))
	if e.Images == 0 {
		fmt.Fprintln(w, "how often it is right is not known, and probabilities are not calibrated:\n"+
			"no class has two labelled images, other than near copies, to hold one out")
		return
	}
	copies := ""
	if e.Distinct < e.Images {
		copies = fmt.Sprintf(" (%s without near copies, which are held out together)", spelling.Grouped(e.Distinct))
	}
	fmt.Fprintf(w, "cross-validation on %s of them%s: %.1f %% right (95 %% interval %.1f to %.1f);\n"+
		"naming always the largest class would be right for %.1f %%\n",
		spelling.Grouped(e.Images), copies, 100*e.Accuracy, 100*e.Interval.Low, 100*e.Interval.High, 100*e.Chance)
	if e.Uneven {
		fmt.Fprintf(w, "that is for classes as frequent as the labels; for even ones expect %.1f %% "+
			"(%.1f to %.1f)\n",
			100*e.Even, 100*e.EvenInterval.Low, 100*e.EvenInterval.High)
	}
	if e.Interval.Low <= e.Chance {
		fmt.Fprintln(w, "it may be no better than that: label more images of each class, or train longer")
	}
}
