package cpu

import "github.com/amdim/amdim/internal/kernel"

// relu is max(x, 0) where it does not follow a convolution.
type relu[E kernel.Elem] struct {
	x edge
	y int
}

func (n *relu[E]) inputs() []*edge  { return []*edge{&n.x} }
func (n *relu[E]) values() []int    { return []int{n.y} }
func (n *relu[E]) handsOver() *edge { return &n.x }

func (n *relu[E]) forward(e *exec[E]) {
	x, y := e.bufs[n.x.buf].x, e.bufs[n.y].x
	e.chunks(len(x), func(lo, hi int) { e.k.ReLUMask(y[lo:hi], x[lo:hi], x[lo:hi]) })
}

func (n *relu[E]) backward(e *exec[E]) {
	y := &e.bufs[n.y]
	e.chunks(len(y.x), func(lo, hi int) { e.k.ReLUMask(y.dx[lo:hi], y.dx[lo:hi], y.x[lo:hi]) })
	passOn(e, y, &n.x)
}
