package cpu

import (
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/kernel"
)

// pool is the mean over k×k windows.
type pool[E kernel.Elem] struct {
	geometry // out = c
	x        edge
	y        int
	offs     []int32
}

func (pl *planner[E]) newPool(op graph.Op, a graph.AvgPool) *pool[E] {
	in, out := pl.p.Values[op.In[0]].Shape, pl.p.Values[op.Out[0]].Shape
	n := &pool[E]{
		geometry: convGeometry(in, out, graph.Conv2D{K: a.K, Stride: a.Stride}),
		x:        pl.edge(op, 0), y: pl.newBuffer(op, 0),
	}
	n.offs = n.offsets(1)
	return n
}

func (n *pool[E]) inputs() []*edge { return []*edge{&n.x} }
func (n *pool[E]) values() []int   { return []int{n.y} }

func (n *pool[E]) forward(e *exec[E]) {
	e.pool.For(n.n, func(worker, i int) {
		x := e.bufs[n.x.buf].x[i*n.image():]
		size := n.locations() * n.c
		s := &e.scratch[worker]
		run, acc := grow(&s.acc2, n.run()), grow(&s.acc, size)
		for r, off := range n.offs {
			clear(run)
			for y := range n.k {
				e.k.AddTo(run, x[int(off)+y*n.w*n.c:][:n.run()])
			}
			n.mean(e, acc[r*n.c:(r+1)*n.c], run)
		}
		e.k.Narrow(e.bufs[n.y].x[i*size:(i+1)*size], acc)
	})
}

// mean sets dst to the sum of the k pixels of run, divided by k².
func (n *pool[E]) mean(e *exec[E], dst, run []float32) {
	scale := 1 / float32(n.k*n.k)
	e.set.Scale(dst, scale, run[:n.c])
	for x := 1; x < n.k; x++ {
		e.set.Axpy(dst, scale, run[x*n.c:(x+1)*n.c])
	}
}

func (n *pool[E]) backward(e *exec[E]) {
	e.pool.For(n.n, func(worker, i int) {
		s := &e.scratch[worker]
		acc := grow(&s.acc, n.image())
		clear(acc)
		size := n.locations() * n.c
		dy := grow(&s.acc2, size)
		e.k.Widen(dy, e.bufs[n.y].dx[i*size:(i+1)*size])
		e.set.Scale(dy, 1/float32(n.k*n.k), dy)
		for y := range n.k {
			for x := range n.k {
				e.set.AddRows(acc[(y*n.w+x)*n.c:], n.offs, dy, n.c, n.c)
			}
		}
		dst := e.bufs[n.x.buf].dx[i*n.image() : (i+1)*n.image()]
		storeRow(e, dst, acc, n.x.add)
	})
}
