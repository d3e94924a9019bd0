package cpu

import (
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/kernel"
	"github.com/amdim/amdim/tensor"
)

// whole gathers the rows of all processes, first those of view 1, then those of
// view 2, as in a single process. The gradient is summed over the processes, and
// each keeps its own rows.
type whole[E kernel.Elem] struct {
	x edge
	y int
}

// whole returns the edge to input k of an operation with the rows of all processes.
func (pl *planner[E]) whole(op graph.Op, k int) edge {
	x := pl.edge(op, k)
	if pl.e.peers == nil {
		return x
	}
	n, ok := pl.wholes[x.buf]
	if !ok {
		shape, size := pl.p.Values[op.In[k]].Shape, pl.e.peers.Size()
		n = &whole[E]{x: x, y: len(pl.e.bufs)}
		pl.e.bufs = append(pl.e.bufs, buffer[E]{
			op: op.Name, rows: shape[0] * size, cols: x.cols, size: tensor.Size(shape) * size,
		})
		pl.wholes[x.buf] = n
		pl.add(n)
	}
	n.x.grad = n.x.grad || x.grad
	x.buf = n.y
	return x
}

func (n *whole[E]) inputs() []*edge { return []*edge{&n.x} }
func (n *whole[E]) values() []int   { return []int{n.y} }

func (n *whole[E]) forward(e *exec[E]) {
	x, y := e.bufs[n.x.buf].x, e.bufs[n.y].x
	share, all := grow(&e.peers.send, len(x)), grow(&e.peers.all, len(y))
	e.chunks(len(x), func(lo, hi int) { e.k.Widen(share[lo:hi], x[lo:hi]) })
	e.peers.gather(all, share)
	n.parts(e, func(rank, view, at, size int) {
		e.k.Narrow(y[at:at+size], all[rank*len(x)+view*size:][:size])
	})
}

func (n *whole[E]) backward(e *exec[E]) {
	x, y := &e.bufs[n.x.buf], &e.bufs[n.y]
	share, all := grow(&e.peers.send, len(x.x)), grow(&e.peers.all, len(y.dx))
	e.chunks(len(y.dx), func(lo, hi int) { e.k.Widen(all[lo:hi], y.dx[lo:hi]) })
	e.peers.addUp(all)
	n.parts(e, func(rank, view, at, size int) {
		if rank == e.peers.Rank() {
			copy(share[view*size:], all[at:at+size])
		}
	})
	storeRow(e, x.dx, share, n.x.add)
}

// parts calls f for each process's rows of each view, which start at element at of y.
func (n *whole[E]) parts(e *exec[E], f func(rank, view, at, size int)) {
	ranks := e.peers.Size()
	size := len(e.bufs[n.x.buf].x) / 2
	e.pool.For(2*ranks, func(_, i int) { f(i%ranks, i/ranks, i*size, size) })
}
