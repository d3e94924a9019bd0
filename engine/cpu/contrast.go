package cpu

import (
	"math"

	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/kernel"
)

// contrast is what NCE and MixtureNCE share: the products of antecedents of one
// view and consequents of the other, the processing of a row of them, and
// backward, with two products per direction. An image has k antecedents, each a
// row. The gradient with respect to the products is computed with the loss, whose
// factors are known when the program is compiled.
//
// In a group of processes the rows are those of all B images, and the columns the
// consequents of this process's b images: the antecedents are exchanged, which are
// k·r numbers per image where the consequents are L·r. The processing of rows is in
// direction.go, what processes exchange about them in partition.go.
type contrast[E kernel.Elem] struct {
	a, c                   edge // antecedents (2B, k, r), consequents (2b, L, r)
	loss, penalty, clipped int
	softClip               float64
	b, k, l, r             int
	all, at                int // B, the images of all processes, and where this one's b begin
	ld                     int // b·L rounded up to whole panels: row length of products

	grads  [2][]E  // (B·k, ld): gradient with respect to the products, per direction
	lda    int     // row length of antecedents in a product
	wide   []E     // (B·k, lda): antecedents, nil where lda is r
	packed []E     // antecedents of one view as the right side of a product: B·k × r
	aOff   []int32 // rows of a block of antecedents
	cOff   []int32 // of consequents
	gOff   []int32 // of grads

	direction
}

// nceBlock is how many consequents are multiplied by their gradients at a time:
// packed, 32 of their channels take 32 KiB in float32. A multiple of every KAlign.
const nceBlock = 256

// nceRows is the same for antecedents: packed, the gradients of their products
// with 32 consequents take 64 KiB in float32. A multiple of every KAlign.
const nceRows = 512

// newContrast returns the contrast of an operation whose results begin with
// loss, penalty and clip share.
func (pl *planner[E]) newContrast(op graph.Op, softClip float64) contrast[E] {
	as, cs := pl.p.Values[op.In[0]].Shape, pl.p.Values[op.In[1]].Shape
	n := contrast[E]{
		a: pl.whole(op, 0), c: pl.edge(op, 1), softClip: softClip,
		loss: pl.newBuffer(op, 0), penalty: pl.newBuffer(op, 1), clipped: pl.newBuffer(op, 2),
		b: as[0] / 2, k: 1, l: 1, r: as[len(as)-1],
	}
	for _, d := range as[1 : len(as)-1] {
		n.k *= d
	}
	for _, d := range cs[1 : len(cs)-1] {
		n.l *= d
	}
	rank, processes := pl.e.peers.place()
	n.all, n.at = processes*n.b, rank*n.b
	rows := n.all * n.k
	n.ld = kernel.Panels(n.b*n.l) * kernel.PanelCols
	n.grads = [2][]E{make([]E, rows*n.ld), make([]E, rows*n.ld)}
	if n.lda = stride(&pl.e.k, pl.e.k.RoundK(n.r)); n.lda != n.r {
		n.wide = make([]E, rows*n.lda)
	}
	n.packed = make([]E, pl.e.k.PackedLen(rows, n.r))
	block := func() []int32 { return make([]int32, min(nceRows, rows)) }
	n.aOff, n.gOff = rowOffsets(block(), n.r), rowOffsets(block(), n.ld)
	n.cOff = rowOffsets(make([]int32, nceBlock), n.r)
	if _, inPlace := any(n.grads[0]).([]float32); !inPlace {
		pl.e.scores = grow(&pl.e.scores, max(len(pl.e.scores), rows*n.ld))
	}
	n.direction = newDirection(n.all, n.b, n.k, n.l)
	return n
}

func (n *contrast[E]) inputs() []*edge { return []*edge{&n.a, &n.c} }

// view returns the rows of one view of a (2B, …) value.
func view[E any](x []E, v int) []E { return x[v*len(x)/2 : (v+1)*len(x)/2] }

// multiply begins a direction: its products are ⟨a, c⟩ of the antecedents of one view
// and the consequents of the other. In float32 they are stored where their gradient
// will be.
func (n *contrast[E]) multiply(e *exec[E], from int) {
	prods, inPlace := any(n.grads[from]).([]float32)
	if !inPlace {
		prods = e.scores[:len(n.grads[from])]
	}
	n.from, n.prods = from, prods
	a, c := view(e.bufs[n.a.buf].x, from), view(e.bufs[n.c.buf].x, 1-from)
	rows, cols, depth := n.all*n.k, n.b*n.l, e.k.RoundK(n.r)
	if n.wide != nil {
		narrow := a
		e.chunksOfRows(rows, func(lo, hi int) {
			for i := lo; i < hi; i++ {
				copy(n.wide[i*n.lda:], narrow[i*n.r:][:n.r])
			}
		})
		a = n.wide
	}
	e.pool.For(kernel.Panels(cols), func(worker, q int) {
		j := q * kernel.PanelCols
		panel := grow(&e.scratch[worker].right, e.k.PanelLen(n.r))
		e.k.PackTransposed(panel, c[j*n.r:], n.r, min(kernel.PanelCols, cols-j), n.r)
		e.k.Gemm(prods[j:], n.ld, a, n.lda, panel, rows, depth, false)
	})
}

// results sets loss, penalty and clip share from sums over both directions.
func (n *contrast[E]) results(e *exec[E], sum nceRow) {
	sums := []float64{sum.loss, sum.square, float64(sum.clipped)}
	e.peers.sum(sums)
	e.bufs[n.loss].scalar = sums[0] / n.pairs()
	e.bufs[n.penalty].scalar = sums[1] / n.scores()
	e.bufs[n.clipped].scalar = sums[2] / n.scores()
}

// pairs counts the positives of both directions, one for all components.
func (n *contrast[E]) pairs() float64 { return 2 * float64(n.all*n.l) }

// scores counts those of both directions, of all components.
func (n *contrast[E]) scores() float64 { return n.pairs() * float64(n.all*n.k) }

// clip says how the products of an antecedent with negatives, in two pieces,
// become scores. A soft clip bounds them, and if e to twice that bound fits a
// float32, the bound serves as the largest score.
func (n *contrast[E]) clip(e *exec[E], left, right []float32) kernel.NCEClip {
	const most = 32
	c := kernel.NCEClip{Scale: float32(1 / math.Sqrt(float64(n.r))), Clip: float32(n.softClip)}
	c.Top = c.Clip
	if n.softClip == 0 || n.softClip > most {
		top := float64(c.Scale * max(e.set.Max(left), e.set.Max(right)))
		if n.softClip != 0 {
			top = n.softClip * math.Tanh(top/n.softClip)
		}
		c.Top = float32(top)
	}
	return c
}

// positive is one positive score.
type positive struct {
	nceRow
	wrong float64 // probability of all negatives together
	slope float64 // ds'/ds of the clip
}

// positive computes the loss of a positive with the product v. With p its score
// minus log Z of the negatives, the loss is log(1 + e⁻ᵖ); its derivative by the
// score is −wrong·slope.
func (n *contrast[E]) positive(v, scale float32, logZ float64) positive {
	s := float64(scale * v)
	x := positive{nceRow: nceRow{square: s * s}, slope: 1}
	y := s
	if n.softClip != 0 {
		t := math.Tanh(s / n.softClip)
		y, x.slope = n.softClip*t, 1-t*t
		if math.Abs(s) > n.softClip {
			x.clipped = 1
		}
	}
	p := y - logZ
	d := math.Exp(-math.Abs(p))
	x.wrong = 1 / (1 + d) // 1/(1 + eᵖ) where p < 0
	if p > 0 {
		x.wrong *= d
	}
	x.loss = max(-p, 0) + math.Log1p(d)
	return x
}

func (n *contrast[E]) backward(e *exec[E]) {
	for from := range 2 {
		if n.a.grad {
			n.backwardAntecedents(e, from)
		}
		if n.c.grad {
			n.backwardConsequents(e, from)
		}
	}
}

// backwardAntecedents computes da = ds·c, a panel of 32 channels at a time,
// summed over blocks of consequents.
func (n *contrast[E]) backwardAntecedents(e *exec[E], from int) {
	da := view(e.bufs[n.a.buf].dx, from)
	c := view(e.bufs[n.c.buf].x, 1-from)
	rows, cs := n.all*n.k, n.b*n.l
	e.pool.For(kernel.Panels(n.r), func(worker, q int) {
		s := &e.scratch[worker]
		j := q * kernel.PanelCols
		cols := min(kernel.PanelCols, n.r-j)
		right := grow(&s.right, e.k.PanelLen(nceBlock))
		prod := grow(&s.prod, rows*kernel.PanelCols)
		for k := 0; k < cs; k += nceBlock {
			size := min(nceBlock, cs-k)
			e.k.PackRows(right, c[k*n.r+j:], n.cOff[:size], cols)
			e.k.Gemm(prod, kernel.PanelCols, n.grads[from][k:], n.ld, right, rows, e.k.RoundK(size), k > 0)
		}
		storeProduct(e, da[j:], n.r, prod, kernel.PanelCols, rows, cols, n.a.add)
	})
}

// backwardConsequents computes dc = dsᵀ·a, 32 consequents at a time, summed over
// blocks of antecedents.
func (n *contrast[E]) backwardConsequents(e *exec[E], from int) {
	a := view(e.bufs[n.a.buf].x, from)
	dc := view(e.bufs[n.c.buf].dx, 1-from)
	rows, cols, panels := n.all*n.k, n.b*n.l, kernel.Panels(n.r)
	block := func(lo int) (size int, right []E) {
		return min(nceRows, rows-lo), n.packed[lo*panels*kernel.PanelCols:]
	}
	e.pool.For(panels, func(_, q int) {
		j := q * kernel.PanelCols
		for lo := 0; lo < rows; lo += nceRows {
			size, right := block(lo)
			panel := e.k.PanelLen(size)
			e.k.PackRows(right[q*panel:][:panel], a[lo*n.r+j:], n.aOff[:size], min(kernel.PanelCols, n.r-j))
		}
	})
	e.pool.For(kernel.Panels(cols), func(worker, q int) {
		s := &e.scratch[worker]
		j := q * kernel.PanelCols
		prod := grow(&s.prod, kernel.PanelCols*panels*kernel.PanelCols)
		for lo := 0; lo < rows; lo += nceRows {
			size, right := block(lo)
			left := grow(&s.left, e.k.PanelLen(size))
			e.k.PackLeft(left, n.grads[from][lo*n.ld+j:], n.gOff[:size], kernel.PanelCols)
			e.k.GemmTN(prod, panels*kernel.PanelCols, left, right, e.k.RoundK(size), panels, lo > 0)
		}
		storeProduct(e, dc[j*n.r:], n.r, prod, panels*kernel.PanelCols, min(kernel.PanelCols, cols-j), n.r, n.c.add)
	})
}
