package cpu

import "github.com/amdim/amdim/internal/kernel"

// gradient sets the gradient of weights that are large compared with the
// activations: every operand is packed once, by all workers, and each worker
// multiplies for its own rows of the weights, over all rows of the batch in
// order. One chunk of rows is packed while the previous one is multiplied.
func (f *filter[E]) gradient(e *exec[E], x, dy []E) {
	p := f.sums
	sum := f.weight.g
	direct := f.out == p.ld && p.run%kernel.PanelCols == 0 // sums have the layout of the weights
	if !direct {
		sum = grow(&e.sums, p.len())[:p.bias()]
	}
	rows := f.n * f.locations()
	most := f.chunkRows(e.k.Depth, rows)
	var now *operands[E]
	for r, i := 0, 0; now != nil || r < rows; r, i = r+most, i+1 {
		var next *operands[E]
		if r < rows {
			next = f.newOperands(e, &e.packed[i%2], r, min(most, rows-r))
		}
		f.addChunk(e, sum, x, dy, now, next)
		now = next
	}
	if !direct {
		f.reduce(e, sum, 0, 1)
	}
	if f.bias != nil {
		f.biasGradient(e, dy)
	}
}

// chunkRows is how many rows are packed before they are multiplied, so that
// both operands stay in the caches.
func (f *filter[E]) chunkRows(piece, rows int) int {
	const elements = 1 << 18
	fit := elements / (f.depth() + f.out) / piece * piece
	return min(max(piece, fit), rows)
}

// addChunk adds the products of the operands now and packs next; either may be nil.
func (f *filter[E]) addChunk(e *exec[E], sum []float32, x, dy []E, now, next *operands[E]) {
	p := f.sums
	panels := p.ld / kernel.PanelCols
	groups := (p.panels + leftPanels - 1) / leftPanels
	cuts := min(panels, (minUnits+groups-1)/groups)
	products, packs := 0, 0
	if now != nil {
		products = groups * cuts
	}
	if next != nil {
		packs = next.pieces * (panels + p.panels)
	}
	e.pool.For(products+packs, func(worker, i int) {
		if i >= products {
			i -= products
			f.packChunk(e, &e.scratch[worker], next, x, dy, i/(panels+p.panels), i%(panels+p.panels))
			return
		}
		q, cut := i/cuts*leftPanels, i%cuts
		f.multiplyChunk(e, now, sum, q, min(q+leftPanels, p.panels), cut*panels/cuts, (cut+1)*panels/cuts)
	})
}

// leftPanels is how many panels of x a worker multiplies with a panel of dy
// while that is in the L1 cache.
const leftPanels = 4

// operands holds some rows of both operands of a weight gradient, packed in pieces
// of depth rows.
type operands[E kernel.Elem] struct {
	first, rows         int
	depth, pieces       int
	panels, rightPanels int // of one piece
	size                int // of a panel of a whole piece
	left, right         []E
}

// newOperands has room for rows [r, r+m) in buf.
func (f *filter[E]) newOperands(e *exec[E], buf *[]E, r, m int) *operands[E] {
	p := f.sums
	c := &operands[E]{
		depth: e.k.Depth, pieces: (m + e.k.Depth - 1) / e.k.Depth, first: r, rows: m,
		panels: p.panels, rightPanels: p.ld / kernel.PanelCols, size: e.k.PanelLen(e.k.Depth),
	}
	left := c.pieces * c.panels * c.size
	all := grow(buf, left+c.pieces*c.rightPanels*c.size)
	c.left, c.right = all[:left], all[left:]
	return c
}

// piece is the first row and the number of rows of a piece.
func (c *operands[E]) piece(i int) (first, rows int) {
	return c.first + i*c.depth, min(c.depth, c.rows-i*c.depth)
}

// packChunk packs panel q of a piece: first those of dy, then those of x.
func (f *filter[E]) packChunk(e *exec[E], s *scratch[E], c *operands[E], x, dy []E, piece, q int) {
	first, rows := c.piece(piece)
	if q >= c.rightPanels {
		q -= c.rightPanels
		src, off := f.windows(e, s, x, first, rows)
		f.packLeft(e, c.left[(piece*c.panels+q)*c.size:], src, off, q)
		return
	}
	j := q * kernel.PanelCols
	dst := c.right[piece*c.rightPanels*c.size+q*e.k.PanelLen(rows):]
	e.k.PackRows(dst, dy[first*f.out+j:], rowOffsets(grow(&s.off, rows), f.out), min(kernel.PanelCols, f.out-j))
}

// multiplyChunk adds to panels [q, end) of the sums, in the columns of panels [from,
// to); for the first rows it sets them.
func (f *filter[E]) multiplyChunk(e *exec[E], c *operands[E], sum []float32, q, end, from, to int) {
	ld := c.rightPanels * kernel.PanelCols
	if c.first == 0 {
		for row := q * kernel.PanelCols; row < end*kernel.PanelCols; row++ {
			clear(sum[row*ld+from*kernel.PanelCols : row*ld+to*kernel.PanelCols])
		}
	}
	for i := range c.pieces {
		_, rows := c.piece(i)
		k := e.k.RoundK(rows)
		right := c.right[i*c.rightPanels*c.size:]
		left := c.left[(i*c.panels+q)*c.size:]
		for j := from; j < to; j++ {
			at := (q*ld + j) * kernel.PanelCols
			e.k.GemmTNLefts(sum[at:], ld, left, c.size, right[j*k*kernel.PanelCols:], k, end-q)
		}
	}
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
