package imagefile

import (
	"context"
	"image"

	"github.com/amdim/amdim/internal/memory"
	"github.com/amdim/amdim/tensor"
)

// Cost is the memory that it takes to decode an image, in bytes, beside those of its file.
// Both are bounds: a decoder does not tell when it last needed what it allocated.
type Cost struct {
	Peak  int64 // in use at once
	Piece int64 // allocated at once: the largest array
}

// Measure is Decode that says what it takes. Nothing else may allocate meanwhile.
func Measure(b []byte, l Limits) (tensor.Image, Cost, error) {
	var c Cost
	last := memory.Allocated()
	var held int64 // result of the stage before, from which the next is made
	img, err := decode(context.Background(), b, l, func(made any) {
		now := memory.Allocated()
		took := now - last
		c.Peak, last = max(c.Peak, held+took), now
		held = took
		piece := took
		if m, ok := made.(*image.YCbCr); ok {
			held = int64(len(m.Y) + len(m.Cb) + len(m.Cr))
			piece = max(held, coefficients(m, took-held))
		}
		c.Piece = max(c.Piece, piece)
	})
	if err != nil { // of the stage that was not finished, most of which may be in use
		took := memory.Allocated() - last
		c.Peak, c.Piece = max(c.Peak, held+took), max(c.Piece, took)
	}
	return img, c, err
}

// Fixed bounds the memory in bytes that it takes to decode an image of a format, as Config names
// it, however few pixels that has: a file of 1 MB and 200×200 pixels may hold all trees of a WebP.
func Fixed(format string) int64 {
	switch format {
	case "webp":
		// Lossless: 2600 groups (the decoder's limit) of five trees with a table of 512 bytes each and 2n−1
		// nodes of 8 bytes for n = 280+2¹¹, 256, 256, 256 and 40 symbols, in the allocator's sizes.
		return 2600 * (5*536 + 40960 + 3*4096 + 640)
	case "tiff":
		return 3 * (1024 * 1024 * 8) // a tile may be larger than the image; its buffer grows by doubling
	}
	return 0
}

// coefficients are the bytes of the largest array of coefficients of an image, if bytes are
// those of all: the decoder of a progressive JPEG file has one of each plane until it ends.
// T.81, annex G.
func coefficients(m *image.YCbCr, bytes int64) int64 {
	return int64(float64(bytes) * float64(len(m.Y)) / float64(len(m.Y)+len(m.Cb)+len(m.Cr)))
}
