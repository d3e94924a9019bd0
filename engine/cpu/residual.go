package cpu

import "github.com/amdim/amdim/internal/kernel"

// residual is a residual layer of the encoder (PAPER 3.1) as one node of a chain:
//
//	h = relu(conv1(x))        y = conv2(h) + skip(x)
//
// conv2 is 1×1; the skip is x or the mean of the windows of conv1, with zero
// channels appended. A block of rows goes through both products while its
// hidden values are in the cache.
type residual[E kernel.Elem] struct {
	conv1, conv2 *filter[E]
	x            edge
	h, y         int
}

func (n *residual[E]) inputs() []*edge       { return []*edge{&n.x} }
func (n *residual[E]) values() []int         { return []int{n.h, n.y} }
func (n *residual[E]) filters() []*filter[E] { return []*filter[E]{n.conv1, n.conv2} }
func (n *residual[E]) input() *edge          { return &n.x }
func (n *residual[E]) output() int           { return n.y }

// A residual layer runs only within a chain.
func (n *residual[E]) forward(*exec[E])  { panic("cpu: residual layer outside a chain") }
func (n *residual[E]) backward(*exec[E]) { panic("cpu: residual layer outside a chain") }

func (n *residual[E]) forwardTile(e *exec[E], t tile[E]) {
	out := n.conv1.out
	rows, block := t.images*n.conv1.locations(), min(e.rowBlock(n.conv1.depthK), e.rowBlock(n.conv2.depthK))
	for r := 0; r < rows; r += block {
		m := min(block, rows-r)
		h := n.hidden(e, t, r, m)
		e.turnWorker(t.s, n.conv1.op, forward)
		a, lda := n.conv1.rows(e, t.s, t.x, r, m)
		n.conv1.multiply(e, t.s, h, a, lda, m, n.conv1.all(), kernel.Epilogue[E]{ReLU: true})
		ep := kernel.Epilogue[E]{LdAdd: n.conv1.c, AddCols: n.conv1.c}
		if n.conv1.pointwise() {
			ep.Add = t.x[r*n.conv1.c:]
		} else {
			ep.Add = n.means(e, t.s, a, lda, m)
		}
		e.turnWorker(t.s, n.conv2.op, forward)
		h, ldh := n.conv2.rows(e, t.s, h, 0, m)
		n.conv2.multiply(e, t.s, t.y[r*out:], h, ldh, m, n.conv2.all(), ep)
	}
}

// hidden returns where the hidden values of rows [r, r+m) of a tile go.
func (n *residual[E]) hidden(e *exec[E], t tile[E], r, m int) []E {
	out := n.conv1.out
	b := &e.bufs[n.h]
	if b.local {
		return grow(&t.s.hidden, m*out)
	}
	at := t.lo*n.conv1.locations() + r
	return b.x[at*out : (at+m)*out]
}

// hiddenAgain returns the hidden values of a tile in backward.
func (n *residual[E]) hiddenAgain(e *exec[E], t tile[E], rows int) []E {
	h := n.hidden(e, t, 0, rows)
	if !e.bufs[n.h].local {
		return h
	}
	e.turnWorker(t.s, n.conv1.op, forward)
	block := e.rowBlock(n.conv1.depthK)
	for r := 0; r < rows; r += block {
		m := min(block, rows-r)
		a, lda := n.conv1.rows(e, t.s, t.x, r, m)
		n.conv1.multiply(e, t.s, h[r*n.conv1.out:], a, lda, m, n.conv1.all(), kernel.Epilogue[E]{ReLU: true})
	}
	return h
}

// means returns the means of windows given as rows.
func (n *residual[E]) means(e *exec[E], s *scratch[E], a []E, lda, m int) []E {
	c, depth := n.conv1.c, n.conv1.depth()
	sums := grow(&s.acc, m*c)
	clear(sums)
	for i := range m {
		e.k.AddTo(sums[i*c:(i+1)*c], a[i*lda:][:depth])
	}
	e.set.Scale(sums, float32(c)/float32(depth), sums)
	skip := grow(&s.skip, m*c)
	e.k.Narrow(skip, sums)
	return skip
}

func (n *residual[E]) backwardTile(e *exec[E], t tile[E]) {
	rows, out := t.images*n.conv1.locations(), n.conv1.out
	h := n.hiddenAgain(e, t, rows)
	e.turnWorker(t.s, n.conv2.op, backwardData)
	dh := grow(&t.s.dhidden, rows*out)
	n.conv2.dataPointwise(e, t.s, dh, t.dy, rows, kernel.Epilogue[E]{})
	e.k.ReLUMask(dh, dh, h)
	if n.conv2.trains {
		e.turnWorker(t.s, n.conv2.op, backwardWeights)
		n.conv2.tileGradient(e, t, h, t.dy)
	}
	if n.conv1.trains {
		e.turnWorker(t.s, n.conv1.op, backwardWeights)
		n.conv1.tileGradient(e, t, t.x, dh)
	}
	e.turnWorker(t.s, n.conv1.op, backwardData)
	switch {
	case t.dx == nil:
	case n.conv1.pointwise():
		n.dataPointwise(e, t, dh, rows)
	default:
		n.dataWindows(e, t, dh)
	}
}

// dataPointwise sets dx to dh·w1ᵀ and the first channels of dy.
func (n *residual[E]) dataPointwise(e *exec[E], t tile[E], dh []E, rows int) {
	c, out := n.conv1.c, n.conv1.out
	ep := kernel.Epilogue[E]{Add: t.dy, LdAdd: out}
	if t.add {
		for r := range rows {
			e.k.Add(t.dx[r*c:(r+1)*c], t.dx[r*c:(r+1)*c], t.dy[r*out:][:c])
		}
		ep.Add, ep.LdAdd = t.dx, c
	}
	n.conv1.dataPointwise(e, t.s, t.dx, dh, rows, ep)
}

// dataWindows sets dx at each pixel to the sum, over the windows that contain it,
// of dh·w1ᵀ and the mean's share of dy.
func (n *residual[E]) dataWindows(e *exec[E], t tile[E], dh []E) {
	f := n.conv1
	acc := grow(&t.s.acc, t.images*f.image())
	clear(acc)
	f.dataWindows(e, t.s, acc, dh, t.images)
	rows := t.images * f.locations()
	share := grow(&t.s.acc2, rows*f.c)
	for r := range rows {
		e.k.Widen(share[r*f.c:(r+1)*f.c], t.dy[r*f.out:][:f.c])
	}
	e.set.Scale(share, 1/float32(f.k*f.k), share)
	for y := range f.k {
		for x := range f.k {
			e.set.AddRows(acc[(y*f.w+x)*f.c:], f.offs[:rows], share, f.c, f.c)
		}
	}
	storeRow(e, t.dx, acc, t.add)
}
