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

// coefficients are the bytes of the largest array of coefficients of an image, if bytes are
// those of all: the decoder of a progressive JPEG file has one of each plane until it ends.
// T.81, annex G.
func coefficients(m *image.YCbCr, bytes int64) int64 {
	return int64(float64(bytes) * float64(len(m.Y)) / float64(len(m.Y)+len(m.Cb)+len(m.Cr)))
}
