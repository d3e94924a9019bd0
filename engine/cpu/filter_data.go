package cpu

import "github.com/amdim/amdim/internal/kernel"

// dataPointwise sets rows of dx to dy·wᵀ of a 1×1 convolution, plus what e adds.
func (f *filter[E]) dataPointwise(x *exec[E], s *scratch[E], dx, dy []E, rows int, e kernel.Epilogue[E]) {
	block := x.rowBlock(f.out)
	store := grow(&s.store, kernel.StoreScratch)
	for r := 0; r < rows; r += block {
		m := min(block, rows-r)
		a, lda, k := f.gradRows(x, s, dy, r, m)
		ep := e
		if e.Add != nil {
			ep.Add = e.Add[r*e.LdAdd:]
		}
		x.k.GemmStore(dx[r*f.c:], f.c, a, lda, f.back.panels, m, k, f.c, ep, store)
	}
}

// dataWindows adds to float32 acc, images of the padded input, the products of
// the windows: dy·wᵀ, summed where windows overlap.
func (f *filter[E]) dataWindows(e *exec[E], s *scratch[E], acc []float32, dy []E, images int) {
	const block = 96
	per := kernel.Panels(f.run())
	rows := images * f.locations()
	prod := grow(&s.store, kernel.StoreScratch)
	for r := 0; r < rows; r += block {
		m := min(block, rows-r)
		a, lda, k := f.gradRows(e, s, dy, r, m)
		for q := range f.k * per {
			e.k.Gemm(prod, kernel.PanelCols, a, lda, f.back.panels[q*k*kernel.PanelCols:], m, k, false)
			j := q % per * kernel.PanelCols
			at := q/per*f.w*f.c + j // position of the panel in a window
			e.set.AddRows(acc[at:], f.offs[r:r+m], prod, kernel.PanelCols, min(kernel.PanelCols, f.run()-j))
		}
	}
}

// unpadded folds the border of acc back into the images.
func (f *filter[E]) unpadded(s *scratch[E], acc []float32, images int) []float32 {
	if f.pad == nil {
		return acc
	}
	return f.pad.fold(s, acc, images)
}

// gradRows returns m rows of dy from row r, as long as the packed weights need
// them, their stride and that length.
func (f *filter[E]) gradRows(e *exec[E], s *scratch[E], dy []E, r, m int) (a []E, lda, k int) {
	dy = dy[r*f.out:]
	k = e.k.RoundK(f.out)
	lda = stride(&e.k, k)
	if lda == f.out {
		return dy, f.out, k
	}
	a = grow(&s.rows, m*lda)
	for i := range m {
		row := a[i*lda : i*lda+k]
		clear(row[copy(row, dy[i*f.out:(i+1)*f.out]):])
	}
	return a, lda, k
}
