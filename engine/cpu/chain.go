package cpu

import "github.com/amdim/amdim/internal/kernel"

// chain is a sequence of layers that run depth-first: a tile of images goes through all
// of them before the next tile does, so that activations are still in the cache when
// they are used next. Between the layers only what backward needs is kept for the whole
// batch, except what is faster to recompute; gradients never leave the worker. Weight
// gradients are summed over parts of the batch, each by one worker, so a chain is for
// layers with few weights.
type chain[E kernel.Elem] struct {
	layers  []layer[E]
	n       int // images
	parts   int
	tile    int // images in a tile
	weights int
	all     []*filter[E] // of all layers
	sumLen  int          // total length of the sums of all filters, for one part
}

const (
	chainImages   = 8       // most images in a tile
	chainParts    = 16      // parts of the sums of weight gradients
	chainWeights  = 1 << 20 // most weights of all layers: their sums take at most 64 MiB
	chainBytes    = 1 << 19 // largest activation of a tile
	chainLocation = 64      // fewest output locations of a layer
)

func (n *chain[E]) filters() []*filter[E] { return n.all }

func (n *chain[E]) inputs() []*edge { return []*edge{n.layers[0].input()} }

func (n *chain[E]) values() []int {
	var v []int
	for _, l := range n.layers {
		v = append(v, l.values()...)
	}
	return v
}

// last is the buffer of the chain's value.
func (n *chain[E]) last() int { return n.layers[len(n.layers)-1].output() }

func (n *chain[E]) forward(e *exec[E]) {
	for _, f := range n.all {
		f.packForward(e)
	}
	e.pool.For((n.n+n.tile-1)/n.tile, func(worker, i int) {
		lo := i * n.tile
		t := tile[E]{s: &e.scratch[worker], lo: lo, images: min(n.tile, n.n-lo)}
		t.y = n.images(e.bufs[n.layers[0].input().buf].x, t)
		for i, l := range n.layers {
			t.x = t.y
			if b := &e.bufs[l.output()]; b.local {
				t.y = grow(&t.s.flow[i%2], t.images*b.size/n.n)
			} else {
				t.y = n.images(b.x, t)
			}
			l.forwardTile(e, t)
		}
	})
}

// images returns those of a tile.
func (n *chain[E]) images(x []E, t tile[E]) []E {
	size := len(x) / n.n
	return x[t.lo*size : (t.lo+t.images)*size]
}

func (n *chain[E]) backward(e *exec[E]) {
	for i, f := range n.all {
		if i > 0 || n.layers[0].input().grad {
			f.packBackward(e)
		}
	}
	sums := grow(&e.sums, n.parts*n.sumLen)
	e.pool.For(n.parts, func(worker, part int) {
		sum := sums[part*n.sumLen : (part+1)*n.sumLen]
		first, end := part*n.n/n.parts, (part+1)*n.n/n.parts
		for lo := first; lo < end; lo += n.tile {
			t := tile[E]{s: &e.scratch[worker], lo: lo, images: min(n.tile, end-lo), sum: sum, first: lo == first}
			n.backwardTile(e, t)
		}
	})
	n.reduce(e, sums)
}

// backwardTile takes the gradient of some images through all layers.
func (n *chain[E]) backwardTile(e *exec[E], t tile[E]) {
	t.x, t.dy = n.images(e.bufs[n.last()].x, t), n.images(e.bufs[n.last()].dx, t)
	for i := len(n.layers) - 1; i >= 0; i-- {
		l := n.layers[i]
		in := l.input()
		t.x, t.y, t.dx = n.source(e, t, i), t.x, nil
		switch {
		case i > 0:
			t.dx = grow(&t.s.flow[i%2], len(t.x))
		case in.grad:
			t.dx, t.add = n.images(e.bufs[in.buf].dx, t), in.add
		}
		l.backwardTile(e, t)
		t.dy = t.dx
	}
}

// source returns the input of layer i, recomputed if it was not kept.
func (n *chain[E]) source(e *exec[E], t tile[E], i int) []E {
	b := &e.bufs[n.layers[i].input().buf]
	if !b.local {
		return n.images(b.x, t)
	}
	again := tile[E]{s: t.s, lo: t.lo, images: t.images}
	again.x, again.y = n.source(e, t, i-1), grow(&t.s.again, t.images*b.size/n.n)
	n.layers[i-1].forwardTile(e, again)
	return again.y
}

// reduce adds the parts of every filter.
func (n *chain[E]) reduce(e *exec[E], sums []float32) {
	for _, f := range n.all {
		if !f.trains {
			continue
		}
		e.turn(f.op, backwardWeights)
		f.reduce(e, sums[f.sumAt:], n.sumLen, n.parts)
		if f.bias != nil {
			addParts(e, f.bias.g, sums[f.sumAt+f.sums.bias():], n.sumLen, n.parts)
		}
	}
}
