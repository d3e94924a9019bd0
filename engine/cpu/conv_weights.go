package cpu

import "github.com/amdim/amdim/internal/kernel"

// weightRows is how many rows one packed product of the weight gradient takes.
const weightRows = 512

// weightParts describes how the sum over all rows is cut: into parts, each over
// a fixed range of images with a float32 sum of its own, and each part into
// groups of rows of the weights. It depends on shapes alone, so any number of
// threads gives the same bytes.
type weightParts struct {
	parts, groups int
	panels        int // of 32 rows of the weights; a panel stays within a row of the window
	ld            int // columns, rounded up to a panel
	bias          bool
}

func newWeightParts(g geometry, bias bool) weightParts {
	w := weightParts{panels: g.k * kernel.Panels(g.run()), ld: kernel.Panels(g.out) * kernel.PanelCols, bias: bias}
	if g.gathersRows() {
		w.panels = kernel.Panels(g.depth())
	}
	const budget = 4 << 20 // float32 sums of all parts: 16 MiB
	w.parts = max(1, min(g.n, minUnits, budget/(w.panels*kernel.PanelCols*w.ld)))
	w.groups = min(w.panels, (minUnits+w.parts-1)/w.parts)
	return w
}

// gathersRows reports whether windows are so thin (an image's three channels)
// that whole rows are gathered before they are packed.
func (g geometry) gathersRows() bool { return g.c < kernel.PanelCols && g.k > 1 }

// size is the number of float32 of one part: its sums and then the bias.
func (w weightParts) size() int { return (w.panels*kernel.PanelCols + 1) * w.ld }

// backwardWeights sets the gradients of weight and bias: xᵀ·dy over all rows.
func (c *conv[E]) backwardWeights(e *exec[E]) {
	p := c.parts
	sums := grow(&e.sums, p.parts*p.size())
	x := c.source(e)
	e.pool.For(p.parts*p.groups, func(worker, i int) {
		part, group := i/p.groups, i%p.groups
		c.weightPart(e, &e.scratch[worker], x, sums[part*p.size():(part+1)*p.size()], part, group)
	})
	e.pool.For(p.panels, func(_, q int) { c.reduce(e, sums, q) })
	if c.bias != nil {
		c.reduceBias(e, sums)
	}
}

// weightPart computes the sums of one part for every groups-th panel.
func (c *conv[E]) weightPart(e *exec[E], s *scratch[E], x []E, sum []float32, part, group int) {
	p := c.parts
	for q := group; q < p.panels; q += p.groups {
		clear(sum[q*kernel.PanelCols*p.ld : (q+1)*kernel.PanelCols*p.ld])
	}
	bias := sum[p.panels*kernel.PanelCols*p.ld:][:c.out]
	if group == 0 {
		clear(bias)
	}
	end := (part + 1) * c.n / p.parts
	tile := c.tile(weightRows)
	for lo := part * c.n / p.parts; lo < end; lo += tile {
		rows := min(tile, end-lo) * c.locations()
		dy := e.bufs[c.y].dx[lo*c.locations()*c.out:][:rows*c.out]
		if p.bias && group == 0 {
			e.k.AddTo(bias, dy)
		}
		right := c.packGrad(e, s, dy, rows)
		c.weightTile(e, s, x[lo*c.image():], sum, right, rows, group)
	}
}

// packGrad packs rows of the gradient of y.
func (c *conv[E]) packGrad(e *exec[E], s *scratch[E], dy []E, rows int) []E {
	off := fillOffsets(grow(&s.off, rows), c.out)
	right := grow(&s.right, e.k.PackedLen(rows, c.out))
	e.k.PackRows(right, dy, off, c.out)
	return right
}

// weightTile adds the product of some rows to the sums.
func (c *conv[E]) weightTile(e *exec[E], s *scratch[E], x []E, sum []float32, right []E, rows, group int) {
	p := c.parts
	src, off, run := x, c.offs[:rows], c.run()
	if c.gathersRows() {
		run = c.depth()
		src = grow(&s.rows, rows*run)
		c.gather(src, run, x, 0, rows)
		off = fillOffsets(grow(&s.off, rows), run)
	}
	per := kernel.Panels(run)
	left := grow(&s.left, e.k.PanelLen(rows))
	for q := group; q < p.panels; q += p.groups {
		j := q % per * kernel.PanelCols
		at := q/per*c.w*c.c + j
		e.k.PackRows(left, src[at:], off, min(kernel.PanelCols, run-j))
		e.k.GemmTN(sum[q*kernel.PanelCols*p.ld:], p.ld, left, right, e.k.RoundK(rows), p.ld/kernel.PanelCols)
	}
}

// reduce adds the parts of panel q, in order, into the gradient.
func (c *conv[E]) reduce(e *exec[E], sums []float32, q int) {
	p := c.parts
	run := c.run()
	if c.gathersRows() {
		run = c.depth()
	}
	per := kernel.Panels(run)
	j := q % per * kernel.PanelCols
	row := q/per*run + j
	for i := range min(kernel.PanelCols, run-j) {
		g := c.weight.g[(row+i)*c.out : (row+i+1)*c.out]
		at := (q*kernel.PanelCols + i) * p.ld
		copy(g, sums[at:])
		for part := 1; part < p.parts; part++ {
			e.set.Axpy(g, 1, sums[part*p.size()+at:][:c.out])
		}
	}
}

func (c *conv[E]) reduceBias(e *exec[E], sums []float32) {
	p := c.parts
	at := p.panels * kernel.PanelCols * p.ld
	copy(c.bias.g, sums[at:])
	for part := 1; part < p.parts; part++ {
		e.set.Axpy(c.bias.g, 1, sums[part*p.size()+at:][:c.out])
	}
}
