package cpu

import (
	"fmt"

	"github.com/amdim/amdim/internal/kernel"
)

// gather picks one location of each image.
type gather[E kernel.Elem] struct {
	x     edge
	index int
	y     int
}

func (n *gather[E]) inputs() []*edge { return []*edge{&n.x} }
func (n *gather[E]) values() []int   { return []int{n.y} }

func (n *gather[E]) forward(e *exec[E], _ bool) {
	x, y := &e.bufs[n.x.buf], &e.bufs[n.y]
	for r := range y.rows {
		at := n.at(e, r)
		copy(y.x[r*y.cols:(r+1)*y.cols], x.x[at:])
	}
}

func (n *gather[E]) backward(e *exec[E]) {
	x, y := &e.bufs[n.x.buf], &e.bufs[n.y]
	if !n.x.add {
		clear(x.dx)
	}
	for r := range y.rows {
		at := n.at(e, r)
		dst := x.dx[at : at+y.cols]
		e.k.Add(dst, dst, y.dx[r*y.cols:(r+1)*y.cols])
	}
}

// at is where the picked location of row r starts.
func (n *gather[E]) at(e *exec[E], r int) int {
	x := &e.bufs[n.x.buf]
	per := len(x.x) / x.rows / x.cols
	i := int(e.bufs[n.index].i32[r])
	if i < 0 || i >= per {
		panic(fmt.Sprintf("cpu: %s: index %d of row %d, need 0 to %d", e.bufs[n.y].op, i, r, per-1))
	}
	return (r*per + i) * x.cols
}
