package cpu

import "github.com/amdim/amdim/internal/kernel"

// layer is a node that computes each image by itself, and so can run on a tile
// of images while they are in the cache, before and after other layers: a
// chain.
type layer[E kernel.Elem] interface {
	node[E]
	// filters are its weights.
	filters() []*filter[E]
	// input and output are its buffers.
	input() *edge
	output() int
	// forwardTile sets t.y.
	forwardTile(e *exec[E], t tile[E])
	// backwardTile turns t.dy into t.dx unless that is nil, and adds to the sums of
	// its filters, or sets them. t.dy may be changed.
	backwardTile(e *exec[E], t tile[E])
}

// tile is some consecutive images that one worker is processing: x, y and their
// gradients start with the first of them.
type tile[E kernel.Elem] struct {
	s            *scratch[E]
	lo, images   int
	x, y, dx, dy []E
	add          bool      // dx is added to
	sum          []float32 // a filter's sums start at its sumAt
	first        bool      // sum is set, not added to
}
