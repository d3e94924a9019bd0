package cpu

import "github.com/amdim/amdim/internal/kernel"

// dropout is x·mask·scale; the mask is an input of zeros and ones.
type dropout[E kernel.Elem] struct {
	x, mask edge
	y       int
	scale   float32
}

func (n *dropout[E]) inputs() []*edge  { return []*edge{&n.x} }
func (n *dropout[E]) values() []int    { return []int{n.y} }
func (n *dropout[E]) handsOver() *edge { return &n.x }

func (n *dropout[E]) forward(e *exec[E]) {
	n.apply(e, e.bufs[n.y].x, e.bufs[n.x.buf].x)
}

func (n *dropout[E]) backward(e *exec[E]) {
	y := &e.bufs[n.y]
	n.apply(e, y.dx, y.dx)
	passOn(e, y, &n.x)
}

// apply sets dst to the masked and scaled rows of src.
func (n *dropout[E]) apply(e *exec[E], dst, src []E) {
	mask, cols := e.bufs[n.mask.buf].x, e.bufs[n.y].cols
	scale, zero := make([]float32, cols), make([]float32, cols)
	for i := range scale {
		scale[i] = n.scale
	}
	e.chunksOfRows(len(src)/cols, func(lo, hi int) {
		lo, hi = lo*cols, hi*cols
		e.k.ScaleShift(dst[lo:hi], src[lo:hi], scale, zero, false)
		e.k.ReLUMask(dst[lo:hi], dst[lo:hi], mask[lo:hi])
	})
}
