package cpu

import (
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/kernel"
)

// gather picks one location of each image.
type gather[E kernel.Elem] struct {
	x         edge
	index     int
	y         int
	locations int // per image
}

func (pl *planner[E]) newGather(op graph.Op) *gather[E] {
	s := pl.p.Values[op.In[0]].Shape
	n := s[1] * s[2]
	pl.limit(op.In[1], 0, n)
	return &gather[E]{x: pl.edge(op, 0), index: pl.bufOf[op.In[1]], y: pl.newBuffer(op, 0), locations: n}
}

func (n *gather[E]) inputs() []*edge { return []*edge{&n.x} }
func (n *gather[E]) values() []int   { return []int{n.y} }

func (n *gather[E]) forward(e *exec[E]) {
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
	return (r*n.locations + int(e.bufs[n.index].i32[r])) * n.x.cols
}
