package cpu

import "github.com/amdim/amdim/internal/kernel"

// sumShape is the layout of the float32 sums of a weight gradient: panels of 32 rows of the
// weights, each within a row of the window, ld apart, followed by one row for the bias.
type sumShape struct{ panels, run, ld int }

func (g geometry) sumShape() sumShape {
	s := sumShape{run: g.run(), ld: kernel.Panels(g.out) * kernel.PanelCols}
	s.panels = g.k * kernel.Panels(s.run)
	if g.gathersRows() {
		s.panels, s.run = kernel.Panels(g.depth()), g.depth()
	}
	return s
}

// len is the number of float32.
func (s sumShape) len() int { return (s.panels*kernel.PanelCols + 1) * s.ld }

// bias is where the sums of the bias start.
func (s sumShape) bias() int { return s.panels * kernel.PanelCols * s.ld }

// gathersRows reports whether windows are so thin (an image has three channels)
// that whole rows are gathered before they are packed.
func (g geometry) gathersRows() bool { return g.c < kernel.PanelCols && g.k > 1 }

// tileGradient adds to sum the gradient with respect to the weights, xᵀ·dy over all rows
// of a tile, and to the bias; the first tile sets it.
func (f *filter[E]) tileGradient(e *exec[E], t tile[E], x, dy []E) {
	p, sum := f.sums, t.sum[f.sumAt:]
	if f.bias != nil {
		bias := sum[p.bias():][:f.out]
		if t.first {
			clear(bias)
		}
		e.k.AddTo(bias, dy[:t.images*f.locations()*f.out])
	}
	f.blockGradient(e, t.s, sum, x, dy, t.images, block{span{0, p.panels}, f.all()}, !t.first)
}

// block is a block of the sums of a weight gradient: panels of rows and of columns.
type block struct{ rows, cols span }

// blockGradient sets a block of sum to the gradient over some images, without the bias,
// or with acc adds it.
func (f *filter[E]) blockGradient(
	e *exec[E], s *scratch[E], sum []float32, x, dy []E, images int, b block, acc bool,
) {
	p := f.sums
	rows := images * f.locations()
	j := b.cols.first * kernel.PanelCols
	cols := min(b.cols.end*kernel.PanelCols, f.out) - j
	for r := 0; r < rows; r += e.k.Depth {
		m := min(e.k.Depth, rows-r)
		right := grow(&s.right, e.k.PackedLen(m, cols))
		e.k.PackRows(right, dy[r*f.out+j:], rowOffsets(grow(&s.off, m), f.out), cols)
		src, off := f.windows(e, s, x, r, m)
		size := e.k.PanelLen(m)
		for q := b.rows.first; q < b.rows.end; q += leftPanels {
			some := span{q, min(q+leftPanels, b.rows.end)}
			left := f.packLefts(e, s, src, off, some)
			for ; some.first < some.end; some.first++ {
				at := some.first*kernel.PanelCols*p.ld + j
				panels := b.cols.end - b.cols.first
				e.k.GemmTN(sum[at:], p.ld, left[:size], right, e.k.RoundK(m), panels, acc || r > 0)
				left = left[size:]
			}
		}
	}
}

// leftPanels is how many panels of the input matrix are packed before they are multiplied.
const leftPanels = 8

// packLefts packs some panels of rows of the input matrix, a few rows of all panels at a
// time, so that they are read from memory in their order.
func (f *filter[E]) packLefts(e *exec[E], s *scratch[E], src []E, off []int32, some span) []E {
	const few = 32 // a multiple of every KAlign
	m, size := len(off), e.k.PanelLen(len(off))
	left := grow(&s.left, size*(some.end-some.first))
	for r := 0; r < m; r += few {
		for q := some.first; q < some.end; q++ {
			f.packLeft(e, left[(q-some.first)*size+r*kernel.PanelCols:], src, off[r:min(r+few, m)], q)
		}
	}
	return left
}

// windows returns rows [r, r+m) of the input matrix for packing: the slice they
// are in and their starts.
func (f *filter[E]) windows(e *exec[E], s *scratch[E], x []E, r, m int) (src []E, off []int32) {
	if f.gathersRows() {
		src = grow(&s.rows, m*f.depth())
		f.gather(e, src, f.depth(), x, r, m)
		return src, rowOffsets(grow(&s.off, m), f.depth())
	}
	img := r / f.locations()
	r -= img * f.locations()
	return x[img*f.image():], f.offs[r : r+m]
}

// packLeft packs panel q of rows of the input matrix.
func (f *filter[E]) packLeft(e *exec[E], dst, src []E, off []int32, q int) {
	run := f.sums.run
	per := kernel.Panels(run)
	j := q % per * kernel.PanelCols
	e.k.PackLeft(dst, src[q/per*f.w*f.c+j:], off, min(kernel.PanelCols, run-j))
}

// reduce sets the gradient of the weights to the sum of parts, stride apart, in
// their order.
func (f *filter[E]) reduce(e *exec[E], sums []float32, stride, parts int) {
	p := f.sums
	per := kernel.Panels(p.run)
	e.pool.For(p.panels, func(_, q int) {
		j := q % per * kernel.PanelCols
		row := q/per*p.run + j
		for i := range min(kernel.PanelCols, p.run-j) {
			g := f.weight.g[(row+i)*f.out : (row+i+1)*f.out]
			addParts(e, g, sums[(q*kernel.PanelCols+i)*p.ld:], stride, parts)
		}
	})
}

// addParts sets g to the sum of parts, stride apart, in their order.
func addParts[E kernel.Elem](e *exec[E], g, sums []float32, stride, parts int) {
	copy(g, sums)
	for part := 1; part < parts; part++ {
		e.set.Axpy(g, 1, sums[part*stride:][:len(g)])
	}
}
