package cpu

import "github.com/amdim/amdim/internal/kernel"

// sum is a + b where no convolution ends in it.
type sum[E kernel.Elem] struct {
	a, b edge
	y    int
}

func (n *sum[E]) inputs() []*edge { return []*edge{&n.a, &n.b} }
func (n *sum[E]) values() []int   { return []int{n.y} }

func (n *sum[E]) handsOver() *edge {
	if n.a.buf == n.b.buf {
		return nil
	}
	return &n.b
}

func (n *sum[E]) forward(e *exec[E]) {
	a, b, y := e.bufs[n.a.buf].x, e.bufs[n.b.buf].x, e.bufs[n.y].x
	e.chunks(len(y), func(lo, hi int) { e.k.Add(y[lo:hi], a[lo:hi], b[lo:hi]) })
}

func (n *sum[E]) backward(e *exec[E]) {
	for _, to := range n.inputs() {
		if to.grad {
			passOn(e, &e.bufs[n.y], to)
		}
	}
}
