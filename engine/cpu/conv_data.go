package cpu

import "github.com/amdim/amdim/internal/kernel"

func (c *conv[E]) backward(e *exec[E]) {
	y := &e.bufs[c.y]
	if c.relu {
		e.chunks(len(y.x), func(lo, hi int) { e.k.ReLUMask(y.dx[lo:hi], y.dx[lo:hi], y.x[lo:hi]) })
	}
	if c.hasSkip && c.skip.grad {
		c.backwardSkip(e)
	}
	if c.x.grad {
		c.packBackward(e)
		c.backwardData(e)
	}
	if c.trains {
		c.backwardWeights(e)
	}
}

// backwardSkip passes the first channels of the gradient on.
func (c *conv[E]) backwardSkip(e *exec[E]) {
	passOn(e, &e.bufs[c.y], &c.skip)
}

// passOn gives the gradient of y to the input behind an edge, which may have
// fewer channels.
func passOn[E kernel.Elem](e *exec[E], y *buffer[E], to *edge) {
	x := &e.bufs[to.buf]
	if len(x.x) == len(y.x) {
		e.chunks(len(x.x), func(lo, hi int) { setOrAdd(e, x.dx[lo:hi], y.dx[lo:hi], to.add) })
		return
	}
	e.chunksOfRows(len(x.x)/to.cols, func(lo, hi int) {
		for r := lo; r < hi; r++ {
			setOrAdd(e, x.dx[r*to.cols:(r+1)*to.cols], y.dx[r*y.cols:][:to.cols], to.add)
		}
	})
}

func setOrAdd[E kernel.Elem](e *exec[E], dst, src []E, add bool) {
	if add {
		e.k.Add(dst, dst, src)
	} else {
		copy(dst, src)
	}
}

// packBackward refreshes the packed transpose: for each row of the window, out × run.
func (c *conv[E]) packBackward(e *exec[E]) {
	if c.back.version == c.weight.version {
		return
	}
	c.back.version = c.weight.version
	per := kernel.Panels(c.run())
	size := e.k.PanelLen(c.out)
	if c.back.panels == nil {
		c.back.panels = make([]E, c.k*per*size)
	}
	e.pool.For(c.k*per, func(_, q int) {
		j := q % per * kernel.PanelCols
		row := q/per*c.run() + j // first row of the weights
		n := min(kernel.PanelCols, c.run()-j)
		e.k.PackF32Transposed(c.back.panels[q*size:(q+1)*size], c.weight.w[row*c.out:], c.out, n, c.out)
	})
}

// backwardData sets or adds to the gradient by the input: dy·wᵀ, and for
// windows larger than a pixel the sum of all windows that hold a pixel.
func (c *conv[E]) backwardData(e *exec[E]) {
	tile := c.tile(maxRows)
	if !c.pointwise() {
		tile = min(tile, max(1, maxWindow/c.image()))
	}
	tiles := (c.n + tile - 1) / tile
	e.pool.For(tiles, func(worker, i int) {
		s := &e.scratch[worker]
		lo := i * tile
		hi := min(lo+tile, c.n)
		if c.pointwise() {
			c.dataPointwise(e, s, lo*c.locations(), hi*c.locations())
		} else {
			c.dataWindows(e, s, lo, hi)
		}
	})
}

// maxWindow bounds the float32 sums of the windows of a tile: 512 KiB.
const maxWindow = 1 << 17

// dataPointwise handles rows [r, end) of a 1×1 convolution.
func (c *conv[E]) dataPointwise(e *exec[E], s *scratch[E], r, end int) {
	x := &e.bufs[c.x.buf]
	for ; r < end; r += maxRows {
		m := min(maxRows, end-r)
		a, lda, k := c.gradRows(e, s, r, m)
		for q := range kernel.Panels(c.c) {
			prod := grow(&s.prod, m*kernel.PanelCols)
			e.k.Gemm(prod, kernel.PanelCols, a, lda, c.back.panels[q*k*kernel.PanelCols:], m, k, false)
			j := q * kernel.PanelCols
			storeProduct(e, x.dx[r*c.c+j:], c.c, prod, kernel.PanelCols, m, min(kernel.PanelCols, c.c-j), c.x.add)
		}
	}
}

// dataWindows handles images [lo, hi) of a convolution with larger windows.
func (c *conv[E]) dataWindows(e *exec[E], s *scratch[E], lo, hi int) {
	acc := grow(&s.acc, (hi-lo)*c.image())
	clear(acc)
	per := kernel.Panels(c.run())
	first, rows := lo*c.locations(), (hi-lo)*c.locations()
	for r := 0; r < rows; r += maxRows {
		m := min(maxRows, rows-r)
		a, lda, k := c.gradRows(e, s, first+r, m)
		for q := range c.k * per {
			prod := grow(&s.prod, m*kernel.PanelCols)
			e.k.Gemm(prod, kernel.PanelCols, a, lda, c.back.panels[q*k*kernel.PanelCols:], m, k, false)
			j := q % per * kernel.PanelCols
			at := q/per*c.w*c.c + j // where the panel lies in a window
			e.set.AddRows(acc[at:], c.offs[r:r+m], prod, kernel.PanelCols, min(kernel.PanelCols, c.run()-j))
		}
	}
	if c.pad != nil {
		acc = c.pad.fold(s, acc, hi-lo)
	}
	dst := e.bufs[c.x.buf].dx
	size := len(dst) / c.n
	storeRow(e, dst[lo*size:hi*size], acc, c.x.add)
}

// gradRows returns m rows of the gradient of y from row r, as long as packed
// weights want them, their stride and that length.
func (c *conv[E]) gradRows(e *exec[E], s *scratch[E], r, m int) (a []E, lda, k int) {
	dy := e.bufs[c.y].dx[r*c.out:]
	k = e.k.RoundK(c.out)
	if k == c.out {
		return dy, c.out, k
	}
	a = grow(&s.rows, m*k)
	for i := range m {
		row := a[i*k : (i+1)*k]
		copy(row, dy[i*c.out:(i+1)*c.out])
		clear(row[c.out:])
	}
	return a, k, k
}
