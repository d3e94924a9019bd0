package cpu

import (
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/kernel"
)

// spread is x + y with rows of channels y (n, c) added at every place of x (n, …, c).
type spread[E kernel.Elem] struct {
	a, b   edge
	y      int
	places int // in a row of x
}

// broadcasts reports whether an Add is a spread.
func (pl *planner[E]) broadcasts(op graph.Op) bool {
	return graph.Broadcasts(pl.p.Values[op.In[0]].Shape, pl.p.Values[op.In[1]].Shape)
}

func (pl *planner[E]) newSpread(op graph.Op) *spread[E] {
	n := &spread[E]{a: pl.edge(op, 0), b: pl.edge(op, 1), y: pl.newBuffer(op, 0)}
	y := &pl.e.bufs[n.y]
	n.places = y.size / (y.rows * y.cols)
	return n
}

func (n *spread[E]) inputs() []*edge { return []*edge{&n.b, &n.a} }
func (n *spread[E]) values() []int   { return []int{n.y} }

// handsOver implements successor: the gradient of x is that of the sum.
func (n *spread[E]) handsOver() *edge {
	if n.a.buf == n.b.buf {
		return nil
	}
	return &n.a
}

func (n *spread[E]) forward(e *exec[E]) {
	a, b, y := e.bufs[n.a.buf].x, e.bufs[n.b.buf].x, &e.bufs[n.y]
	e.chunksOfRows(y.rows*n.places, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			at, row := i*y.cols, i/n.places*y.cols
			e.k.Add(y.x[at:at+y.cols], a[at:at+y.cols], b[row:row+y.cols])
		}
	})
}

// backward sums the gradients of the places of each row.
func (n *spread[E]) backward(e *exec[E]) {
	y := &e.bufs[n.y]
	if n.b.grad {
		db := e.bufs[n.b.buf].dx
		e.pool.For(y.rows, func(worker, i int) {
			sums := grow(&e.scratch[worker].acc, y.cols)
			clear(sums)
			e.k.AddTo(sums, y.dx[i*n.places*y.cols:][:n.places*y.cols])
			storeRow(e, db[i*y.cols:][:y.cols], sums, n.b.add)
		})
	}
	if n.a.grad {
		passOn(e, y, &n.a)
	}
}
