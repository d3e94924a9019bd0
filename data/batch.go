package data

import "github.com/amdim/amdim/tensor"

// Cursor is a place in a sequence of batches.
type Cursor struct {
	Epoch int
	Step  int // batch within the epoch, from 0
}

// Batch holds the views of B images, or of fewer at the end of a pass. It
// belongs to the receiver until Release.
type Batch struct {
	Cursor
	Indices []int         // which images these are, at most B; a replaced one keeps its index
	Views   tensor.Tensor // uint8 (V·B, px, px, 3): rows v·B … v·B+B−1 are view v; black beyond Indices
	Labels  tensor.Tensor // int32 (V·B): the same in every view; −1 if there is none or no image

	rows int           // B
	next Cursor        // after this batch
	free chan<- *Batch // nil when released
}

// newBatch returns a batch for b images in v views of px×px pixels.
func newBatch(b, v, px int) *Batch {
	return &Batch{
		rows:    b,
		Indices: make([]int, 0, b),
		Views:   tensor.NewUint8(v*b, px, px, 3),
		Labels:  tensor.NewInt32(v * b),
	}
}

// Release returns the memory of b to its loader.
func (b *Batch) Release() {
	if b.free == nil {
		panic("data: Batch: released twice")
	}
	free := b.free
	b.free = nil
	free <- b // has room for every batch
}

// view returns the pixels of a row of view v.
func (b *Batch) view(v, row int) []uint8 {
	size := tensor.Size(b.Views.Shape[1:])
	at := (v*b.rows + row) * size
	return b.Views.U8[at : at+size : at+size]
}

// pad blackens the rows that hold no image.
func (b *Batch) pad() {
	for v := range b.Labels.Len() / b.rows {
		for row := len(b.Indices); row < b.rows; row++ {
			b.Labels.I32[v*b.rows+row] = -1
			clear(b.view(v, row))
		}
	}
}
