package cpu

import "github.com/amdim/amdim/internal/kernel"

// gradient sets the gradient of weights that are large compared with the activations. The
// batch is cut into parts and the weights into blocks: a worker packs and multiplies what
// one block needs of one part, so that no core reads what another has packed. The sums of
// the parts are then added.
func (f *filter[E]) gradient(e *exec[E], x, dy []E) {
	p := f.sums
	c := f.cuts(e.k.Depth)
	sums := grow(&e.sums, c.parts*p.len())
	in, out := len(x)/f.n, f.locations()*f.out
	e.pool.For(c.parts*c.rows*c.cols, func(worker, i int) {
		part, row, col := i/c.cols/c.rows, i/c.cols%c.rows, i%c.cols
		lo, end := part*f.n/c.parts, (part+1)*f.n/c.parts
		b := block{cut(p.panels, row, c.rows), cut(p.ld/kernel.PanelCols, col, c.cols)}
		s, sum := &e.scratch[worker], sums[part*p.len():]
		f.blockGradient(e, s, sum, x[lo*in:], dy[lo*out:], end-lo, b, false)
	})
	f.reduce(e, sums, p.len(), c.parts)
	if f.bias != nil {
		f.biasGradient(e, dy)
	}
}

// cuts says into how many parts the batch is cut, and the weights by rows and by columns.
type cuts struct{ parts, rows, cols int }

// cuts has many parts while their sums fit in the caches and each has rows enough, and
// minUnits of all, cut so that little is packed: what two blocks share is packed twice,
// and a panel of x, which is transposed, takes about twice as long as one of dy.
func (f *filter[E]) cuts(depth int) cuts {
	const most = 1 << 21 // float32 sums of all parts: 8 MiB
	rows, cols := f.sums.panels, f.sums.ld/kernel.PanelCols
	c := cuts{parts: max(1, min(minUnits, f.n, most/f.sums.bias(), f.n*f.locations()/depth))}
	blocks := (minUnits + c.parts - 1) / c.parts
	least := 2*rows + cols + 1
	for n := 1; n <= min(blocks, cols); n *= 2 {
		m := min(rows, (blocks+n-1)/n)
		if packed := 2*rows/m + cols/n; packed < least {
			c.rows, c.cols, least = m, n, packed
		}
	}
	return c
}

// biasParts is into how many parts the rows are split for the sums of the bias.
const biasParts = 16

// biasGradient sets the gradient of the bias: the sum of all rows of dy.
func (f *filter[E]) biasGradient(e *exec[E], dy []E) {
	rows := f.n * f.locations()
	parts := make([]float32, biasParts*f.out)
	e.pool.For(biasParts, func(_, i int) {
		e.k.AddTo(parts[i*f.out:(i+1)*f.out], dy[i*rows/biasParts*f.out:(i+1)*rows/biasParts*f.out])
	})
	clear(f.bias.g)
	for i := range biasParts {
		e.set.Axpy(f.bias.g, 1, parts[i*f.out:(i+1)*f.out])
	}
}
