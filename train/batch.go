package train

import "math/bits"

// FewUpdates is how many updates an epoch should have: with fewer, a batch is more
// than an eighth of all images, an image's negatives are nearly the same in every
// epoch, and up to an eighth of the images is left out of each.
const FewUpdates = 8

// SmallBatch is the smallest batch that we have seen learn well: the demo's. The
// paper uses 480; with 4, each image has three others as negatives, and the loss
// over ten updates moves by 6 % from record to record instead of 2 %.
const SmallBatch = 16

// BatchFor is the batch to train with on that many images: the given batch or, if it leaves too
// few updates per epoch, the largest below it that leaves enough. It makes a batch smaller than
// SmallBatch only if the images do not fill that. 0: a single image has no negatives.
func BatchFor(images, batch int) int {
	if images < 2 {
		return 0
	}
	if images/batch < FewUpdates {
		batch = min(batch, max(SmallBatch, largest(images)))
	}
	for batch > images {
		batch = 1 << (bits.Len(uint(batch)-1) - 1) // the power of two below
	}
	return batch
}

// largest is the largest power of two, up to 128, that leaves enough updates in
// an epoch of that many images; 1 if none does.
func largest(images int) int {
	b := 1
	for 2*b <= 128 && images/(2*b) >= FewUpdates {
		b *= 2
	}
	return b
}
