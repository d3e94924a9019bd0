package health

import (
	"fmt"

	"github.com/amdim/amdim/train"
)

// batch compares the batch with the images, and with what a contrastive loss needs.
func (h *history) batch() (Finding, bool) {
	if h.Batch <= 0 || h.Images <= 0 {
		return Finding{}, false
	}
	const least = train.SmallBatch * train.FewUpdates // images of which a batch learns well
	const largest = 128                               // batch to advise
	updates, better := h.Images/h.Batch, train.BatchFor(h.Images, largest)
	switch {
	case h.Batch < train.SmallBatch && h.Images >= least:
		return Finding{SmallBatch, Warn, "The batch is too small",
			fmt.Sprintf("each image is told apart from %d others; in the paper, from hundreds", h.Batch-1),
			fmt.Sprintf("start again with --batch %d, if memory allows", better)}, true
	case updates < train.FewUpdates && h.Images >= least:
		return Finding{FewImages, Warn, "Too few images for the batch",
			fmt.Sprintf("%d images make %d updates of %d per epoch", h.Images, updates, h.Batch),
			fmt.Sprintf("start again with --batch %d, or more images", better)}, true
	case updates < train.FewUpdates || h.Batch < train.SmallBatch:
		return Finding{FewImages, Warn, "Too few images",
			fmt.Sprintf("with %d images, no batch of %d or more makes %d updates per epoch",
				h.Images, train.SmallBatch, train.FewUpdates),
			fmt.Sprintf("collect more: a few thousand, at least %d", least)}, true
	}
	return Finding{}, false
}
