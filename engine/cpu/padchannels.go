package cpu

import "github.com/amdim/amdim/internal/kernel"

// padChannels appends zero channels.
type padChannels[E kernel.Elem] struct {
	x edge
	y int
}

func (n *padChannels[E]) inputs() []*edge { return []*edge{&n.x} }
func (n *padChannels[E]) values() []int   { return []int{n.y} }

func (n *padChannels[E]) forward(e *exec[E]) {
	x, y := &e.bufs[n.x.buf], &e.bufs[n.y]
	e.chunksOfRows(len(x.x)/n.x.cols, func(lo, hi int) {
		for r := lo; r < hi; r++ {
			row := y.x[r*y.cols : (r+1)*y.cols]
			clear(row[copy(row, x.x[r*n.x.cols:(r+1)*n.x.cols]):])
		}
	})
}

func (n *padChannels[E]) backward(e *exec[E]) { passOn(e, &e.bufs[n.y], &n.x) }
