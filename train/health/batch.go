package health

import (
	"fmt"
	"math/bits"
)

// fewUpdates is how many updates an epoch should have: with fewer, a batch is more
// than an eighth of all images, an image's negatives are nearly the same in every
// epoch, and up to an eighth of the images is left out of each.
const fewUpdates = 8

// smallBatch is the smallest batch that we have seen learn well: the demo's. The
// paper uses 480; with 4, each image has three others as negatives, and the loss
// over ten updates moves by 6 % from record to record instead of 2 %.
const smallBatch = 16

// batch compares the batch with the images, and with what a contrastive loss needs.
func (h *history) batch() (Finding, bool) {
	if h.Batch <= 0 || h.Images <= 0 {
		return Finding{}, false
	}
	updates := h.Images / h.Batch
	switch {
	case h.Batch < smallBatch && h.Images >= smallBatch*fewUpdates:
		return Finding{SmallBatch, Warn, "The batch is too small",
			fmt.Sprintf("each image is told apart from %d others; in the paper, from hundreds", h.Batch-1),
			fmt.Sprintf("start again with --batch %d, if memory allows", h.largest())}, true
	case updates < fewUpdates && h.largest() >= smallBatch && h.largest() < h.Batch:
		return Finding{FewImages, Warn, "Too few images for the batch",
			fmt.Sprintf("%d images make %d updates of %d per epoch", h.Images, updates, h.Batch),
			fmt.Sprintf("start again with --batch %d, or more images", h.largest())}, true
	case updates < fewUpdates || h.Batch < smallBatch:
		return Finding{FewImages, Warn, "Too few images",
			fmt.Sprintf("with %d images, no batch of %d or more makes %d updates per epoch",
				h.Images, smallBatch, fewUpdates),
			fmt.Sprintf("collect more: a few thousand, at least %d", smallBatch*fewUpdates)}, true
	}
	return Finding{}, false
}

// largest is the largest batch that leaves enough updates per epoch.
func (h *history) largest() int { return largest(h.Images) }

// largest is the largest power of two, up to 128, that leaves enough updates in
// an epoch of that many images; 1 if none does.
func largest(images int) int {
	b := 1
	for 2*b <= 128 && images/(2*b) >= fewUpdates {
		b *= 2
	}
	return b
}

// BatchFor is the batch to train with on that many images: the given one, or the
// largest below it that leaves enough updates per epoch. It is made smaller than
// learns well only if the images do not fill it. 0: one image has no negatives.
func BatchFor(images, batch int) int {
	if images < 2 {
		return 0
	}
	if images/batch < fewUpdates {
		batch = min(batch, max(smallBatch, largest(images)))
	}
	for batch > images {
		batch = 1 << (bits.Len(uint(batch)-1) - 1) // the power of two below
	}
	return batch
}
