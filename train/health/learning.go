package health

import (
	"fmt"
	"math"
)

// Thresholds of the verdict on learning, set from the runs in testdata.
const (
	// A network that knows only the mean colour of an image gets this far below the
	// ceiling: runs at rates 30 and 200 times too high, and with a penalty that
	// suppresses scores, stay at 1 to 4.5 % for good. Runs that learn pass 6 %
	// within 90 updates (rate 1e-3) to 200 (rate 2e-4, still in its warm-up).
	learnt = 0.06

	// patience is for how many updates after the warm-up nothing need be learnt.
	patience = 200

	// Of copies of one image a network learns which views are mirrored, as both views of
	// an image are or neither (package augment): log 2 in each task, as half of the
	// candidates remain. Such a run comes to 0.9 of that and stays there. Runs that learn
	// pass it within 180 updates after the warm-up (rate 1e-3) to 280 (rate 2e-4).
	mirroredPatience = 2 * patience

	// f1 leaves a BatchNorm of gain about 1: if features differ, its deviation
	// stays between 0.45 and 1 (0.25 in the first updates, while three quarters of
	// it are constant: PAPER 3.5). At a tenth, all images look the same.
	collapsedStd = 0.1

	// The BatchNorm hides a dimensional collapse (Jing et al. 2022, arXiv 2110.09348): at
	// rates 150 and 1000 times too high the deviation stays at 0.9 and 0.5 while all
	// dimensions move as one, with a participation ratio of 1.00 to 1.05, and of copies of
	// one image it falls to 1.02: which views are mirrored is one dimension. In runs that
	// learn the lowest is 1.4 to 2.4 (rates 1e-2 and 1e-3), in the first 100 updates.
	collapsedRatio = 1.1

	// ratedImages is of how many images a ratio says something: of 2 it is always 1. Of 4
	// it is 1.5 in a run whose ratio is above 5 by batches of 16.
	ratedImages = 16

	// equalStd is far below that of a collapse for another reason (0.025): equal images.
	equalStd = 1e-3

	// paperRate is the paper's, "not scaled with batch" (PAPER 5). Our demo learns
	// best at 5 times that and worse at 50 times; at 150 times it learns nothing.
	paperRate = 2e-4
	highRate  = 10 * paperRate

	// Above the ceiling the network is confidently wrong: worse than guessing.
	// Runs begin up to 18 % above it, because the 5→5 scores start large, and are
	// below it after 100 updates at any rate that learns.
	worseThanGuessing = 0.03

	// A loss that gives back half of what was learnt does not recover by itself.
	givenBack = 0.5
)

// checkImages is for what copies of one image, or empty ones, look like as well.
const checkImages = "check that the images differ (amdim data check)"

// learning is the verdict on learning.
func (h *history) learning() Finding {
	below := h.below(h.now)
	early := h.step < h.length()
	switch {
	case !early && (h.now.std < collapsedStd || h.dimensional()):
		return h.collapsed()
	case h.tooHigh(below):
		return h.rateTooHigh(below)
	case below >= learnt && !early && !h.mirrored():
		return Finding{Learning, OK, "Learning", h.loss(below), ""}
	case h.finished(h.step) && h.step < h.Warmup+patience:
		return Finding{TooShort, Warn, "Too short for a verdict",
			fmt.Sprintf("%d updates; a verdict takes %d", h.step, h.Warmup+patience), "--resume with more --epochs"}
	case h.step < h.Warmup+patience:
		return Finding{Starting, OK, "Just begun",
			fmt.Sprintf("%d updates; a verdict takes %d", h.step, h.Warmup+patience), ""}
	}
	return h.notLearning(below)
}

// mirrored reports whether the run has learnt, for long, no more than which views are mirrored.
func (h *history) mirrored() bool {
	tasks := float64(len(h.records[len(h.records)-1].Tasks))
	return h.step >= h.Warmup+mirroredPatience+h.length() && h.ceiling-h.now.loss < tasks*math.Ln2
}

// loss says how far the loss is from its ceiling.
func (h *history) loss(below float64) string {
	side := "below"
	if below < 0 {
		below, side = -below, "above"
	}
	return fmt.Sprintf("the loss is %.2f nats, %.1f %% %s the %.2f of guessing",
		h.now.loss, 100*below, side, h.ceiling)
}

// dimensional reports whether the images differ in one dimension of f1 alone.
func (h *history) dimensional() bool {
	images := h.Batch / max(1, h.records[len(h.records)-1].World) // of rank 0
	return images >= ratedImages && h.now.ratio > 0 && h.now.ratio < collapsedRatio
}

func (h *history) collapsed() Finding {
	do := fmt.Sprintf("start again with --lr %.2g; %s", h.lower(), checkImages)
	switch {
	case h.now.std < equalStd || h.now.std >= collapsedStd && h.LR <= highRate: // not the rate's doing
		do = checkImages + ", or start again with a lower --lr"
	case h.LR <= paperRate:
		do = "start again with a larger --batch; " + checkImages + " and that weight decay is small"
	}
	figure := fmt.Sprintf("the deviation of f1 between images is %.3f, usually about 1: "+
		"all look nearly the same", h.now.std)
	if h.now.std >= collapsedStd {
		figure = fmt.Sprintf("all dimensions of f1 move as one: their participation ratio is %.2f, "+
			"usually 2 or more", h.now.ratio)
	}
	return Finding{Collapsed, Bad, "The features have collapsed", figure, do}
}

// lower is the rate to try in place of one that is too high.
func (h *history) lower() float64 {
	if h.LR > highRate {
		return paperRate
	}
	return h.LR / 5
}

// tooHigh reports whether the run shows the signs of a learning rate that is too high.
func (h *history) tooHigh(below float64) bool {
	past := h.step - max(h.Warmup, h.Since) // updates at the rate, after the warm-up
	if h.step <= h.Since {
		return false // what is seen is the doing of another rate
	}
	lost := h.below(h.best) >= learnt && below < givenBack*h.below(h.best) &&
		h.step >= h.best.step+h.length()
	worse := past >= h.length() && below < -worseThanGuessing && h.LR > paperRate
	stuck := past >= patience && below < learnt && h.LR > highRate
	return lost || worse || stuck
}

func (h *history) rateTooHigh(below float64) Finding {
	figure := fmt.Sprintf("%s, at a learning rate of %g", h.loss(below), h.LR)
	if best := h.below(h.best); best >= learnt && best > below {
		figure += fmt.Sprintf("; at update %d it was %.1f %% below", h.best.step, 100*best)
	}
	do := fmt.Sprintf("start again with --lr %.2g", h.lower())
	if h.below(h.best) < learnt {
		do += "; " + checkImages
	}
	return Finding{RateTooHigh, Bad, "The learning rate is too high", figure, do}
}

func (h *history) notLearning(below float64) Finding {
	do := "give it more updates; " + checkImages + ", and what training sees in the report's views"
	switch {
	case below >= learnt:
		do = "to tell mirrored images from others would do as much: " + checkImages +
			", and what training sees in the report's views"
	case h.LR < paperRate/5:
		do = fmt.Sprintf("start again with --lr %g, the paper's rate", paperRate)
	case h.Lambda > 1:
		do = fmt.Sprintf("the penalty keeps scores at 0: start again with --set model.lambda=0.04 (it is %g)",
			h.Lambda)
	}
	return Finding{NotLearning, Warn, "Not learning yet",
		fmt.Sprintf("%s, after %d updates", h.loss(below), h.step), do}
}
