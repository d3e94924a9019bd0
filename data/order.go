package data

import (
	"github.com/amdim/amdim/internal/rng"
)

// order says which images make up a batch, and which batch is next.
type order interface {
	// batch appends the images of the batch at c to dst and returns the cursor
	// after it. No images: the sequence has ended.
	batch(dst []int, c Cursor) ([]int, Cursor)
}

// shuffled is an infinite sequence: every epoch is a permutation that depends only
// on seed and epoch, cut into whole batches; it gives a share of each, and the
// remainder is dropped.
type shuffled struct {
	n, size int
	share   Share
	seed    uint64
	epoch   int // of perm
	perm    []int
}

func (o *shuffled) batch(dst []int, c Cursor) ([]int, Cursor) {
	if o.perm == nil || o.epoch != c.Epoch {
		s := rng.New(o.seed, c.Epoch, 0, rng.Order)
		o.perm, o.epoch = s.Perm(o.n), c.Epoch
	}
	rows := o.size / o.share.Of
	dst = append(dst, o.perm[c.Step*o.size+o.share.Rank*rows:][:rows]...)
	if c.Step++; c.Step == o.n/o.size {
		c = Cursor{Epoch: c.Epoch + 1}
	}
	return dst, c
}

// sequential is one pass over all images in order; the last batch may be short.
type sequential struct{ n, size int }

func (o sequential) batch(dst []int, c Cursor) ([]int, Cursor) {
	for i := c.Step * o.size; i < min(o.n, (c.Step+1)*o.size); i++ {
		dst = append(dst, i)
	}
	c.Step++
	return dst, c
}
