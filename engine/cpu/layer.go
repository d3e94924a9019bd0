package cpu

import "github.com/amdim/amdim/internal/kernel"

// layer is a node that needs nothing but its own images, and so can run on a
// tile of them while they are in the cache, before and after other layers: a
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
	// backwardTile turns t.dy into t.dx unless that is nil, and adds to the sums
	// of its filters. t.dy may be changed.
	backwardTile(e *exec[E], t tile[E])
}

// tile is some consecutive images in the hands of one worker: what lies in x, y
// and their gradients starts with the first of them.
type tile[E kernel.Elem] struct {
	s            *scratch[E]
	lo, images   int
	x, y, dx, dy []E
	add          bool      // dx is added to
	sum          []float32 // those of a filter start at its sumAt
}
