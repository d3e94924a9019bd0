package cpu

import (
	"math"

	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/kernel"
)

// nce is the contrastive loss of both directions. The gradient by the products
// of antecedents and consequents is computed row by row with the loss, whose
// factors are known when the program is compiled; backward is two products per
// direction.
type nce[E kernel.Elem] struct {
	graph.NCE
	a, c                   edge // antecedents (2B, r), consequents (2B, L, r)
	loss, penalty, clipped int
	b, l, r                int
	ld                     int // B·L rounded up to whole panels: row length of products

	grads  [2][]E     // (B, ld): gradient by the products, per direction
	lda    int        // from row to row of antecedents in a product
	wide   []E        // (B, lda): antecedents, nil where lda is r
	packed []E        // antecedents of one view as the right side of a product: B × r
	prods  *[]float32 // (B, ld): products of one direction, of all such nodes in turn; not for float32
	aOff   []int32    // rows of antecedents
	cOff   []int32    // rows of a block of consequents
	gOff   []int32    // rows of grads
	rows   []nceRow   // results of each antecedent
}

// nceRow sums over the scores of one antecedent.
type nceRow struct {
	loss, square float64
	clipped      int
}

// nceBlock is how many consequents are multiplied at once by their gradients:
// packed, 32 of their channels take 32 KiB in float32. A multiple of every KAlign.
const nceBlock = 256

func (pl *planner[E]) newNCE(op graph.Op, a graph.NCE) *nce[E] {
	as, cs := pl.p.Values[op.In[0]].Shape, pl.p.Values[op.In[1]].Shape
	n := &nce[E]{
		NCE: a, a: pl.edge(op, 0), c: pl.edge(op, 1),
		loss: pl.newBuffer(op, 0), penalty: pl.newBuffer(op, 1), clipped: pl.newBuffer(op, 2),
		b: as[0] / 2, l: 1, r: as[1],
	}
	for _, d := range cs[1 : len(cs)-1] {
		n.l *= d
	}
	n.ld = kernel.Panels(n.b*n.l) * kernel.PanelCols
	n.grads = [2][]E{make([]E, n.b*n.ld), make([]E, n.b*n.ld)}
	if n.lda = stride[E](pl.e.k.RoundK(n.r)); n.lda != n.r {
		n.wide = make([]E, n.b*n.lda)
	}
	n.packed = make([]E, pl.e.k.PackedLen(n.b, n.r))
	n.aOff, n.cOff, n.gOff = rowOffsets(n.b, n.r), rowOffsets(nceBlock, n.r), rowOffsets(n.b, n.ld)
	n.rows = make([]nceRow, n.b)
	n.prods = new([]float32)
	for _, other := range pl.e.nodes {
		if o, ok := other.(*nce[E]); ok {
			n.prods = o.prods
		}
	}
	if _, inPlace := any(n.grads[0]).([]float32); !inPlace {
		grow(n.prods, n.b*n.ld)
	}
	return n
}

func (n *nce[E]) inputs() []*edge { return []*edge{&n.a, &n.c} }
func (n *nce[E]) values() []int   { return []int{n.loss, n.penalty} }

func (n *nce[E]) forward(e *exec[E], train bool) {
	var sum nceRow
	for from := range 2 {
		prods := n.products(e, from)
		e.pool.For(n.b, func(worker, i int) {
			n.rows[i] = n.row(e, &e.scratch[worker], prods[i*n.ld:][:n.b*n.l], from, i, train)
		})
		for _, r := range n.rows {
			sum.loss += r.loss
			sum.square += r.square
			sum.clipped += r.clipped
		}
	}
	pairs := 2 * float64(n.b*n.l)
	e.bufs[n.loss].scalar = sum.loss / pairs
	e.bufs[n.penalty].scalar = sum.square / (pairs * float64(n.b))
	e.bufs[n.clipped].scalar = float64(sum.clipped) / (pairs * float64(n.b))
}

// view returns the rows of one view of a (2B, …) value.
func view[E any](x []E, v int) []E { return x[v*len(x)/2 : (v+1)*len(x)/2] }

// products are ⟨a, c⟩ of the antecedents of one view and the consequents of the
// other. In float32 they lie where their gradient will.
func (n *nce[E]) products(e *exec[E], from int) []float32 {
	prods, inPlace := any(n.grads[from]).([]float32)
	if !inPlace {
		prods = (*n.prods)[:n.b*n.ld]
	}
	a, c := view(e.bufs[n.a.buf].x, from), view(e.bufs[n.c.buf].x, 1-from)
	cols, depth := n.b*n.l, e.k.RoundK(n.r)
	if n.wide != nil {
		for i := range n.b {
			copy(n.wide[i*n.lda:], a[i*n.r:][:n.r])
		}
		a = n.wide
	}
	e.pool.For(kernel.Panels(cols), func(worker, q int) {
		j := q * kernel.PanelCols
		panel := grow(&e.scratch[worker].right, e.k.PanelLen(n.r))
		e.k.PackTransposed(panel, c[j*n.r:], n.r, min(kernel.PanelCols, cols-j), n.r)
		e.k.Gemm(prods[j:], n.ld, a, n.lda, panel, n.b, depth, false)
	})
	return prods
}

// row computes loss, squares and, with train, the gradient of antecedent i by its
// products x.
//
// The negatives' sum of exponentials serves all L positives. With p the score
// of a positive less log Z of the negatives, its loss is log(1 + e⁻ᵖ).
func (n *nce[E]) row(e *exec[E], s *scratch[E], x []float32, from, i int, train bool) nceRow {
	lo, hi := i*n.l, (i+1)*n.l
	c := n.clip(e, x[:lo], x[hi:])
	u := grow(&s.acc, len(x))
	left, right := e.set.NCEScores(u[:lo], x[:lo], c), e.set.NCEScores(u[hi:], x[hi:], c)
	z := left.Exp + right.Exp
	sum, wrong := n.positives(u[lo:hi], x[lo:hi], c.Scale, math.Log(z)+float64(c.Top))
	sum.square += left.Square + right.Square
	sum.clipped += left.Beyond + right.Beyond
	if !train {
		return sum
	}
	pairs := 2 * float64(n.b*n.l)
	weight := e.bufs[n.loss].dloss / pairs * float64(c.Scale)
	square := float32(2 * e.bufs[n.penalty].dloss / (pairs * float64(n.b)) * float64(c.Scale) * float64(c.Scale))
	dst := n.grads[from][i*n.ld : (i+1)*n.ld]
	negative := float32(wrong / z * weight)
	e.k.NCEGradient(dst[:lo], negative, u[:lo], square, x[:lo])
	e.k.NCEGradient(dst[lo:hi], float32(weight), u[lo:hi], square, x[lo:hi])
	e.k.NCEGradient(dst[hi:len(x)], negative, u[hi:], square, x[hi:])
	clear(dst[len(x):])
	return sum
}

// clip is how the products of an antecedent with negatives, in two pieces, become
// scores. A clip bounds them, and where e to twice that bound is a float32 it
// serves as the largest score.
func (n *nce[E]) clip(e *exec[E], left, right []float32) kernel.NCEClip {
	const most = 32
	c := kernel.NCEClip{Scale: float32(1 / math.Sqrt(float64(n.r))), Clip: float32(n.Clip), Top: float32(n.Clip)}
	if n.Clip == 0 || n.Clip > most {
		top := float64(c.Scale * max(e.set.Max(left), e.set.Max(right)))
		if n.Clip != 0 {
			top = n.Clip * math.Tanh(top/n.Clip)
		}
		c.Top = float32(top)
	}
	return c
}

// positives sums over the positives of an antecedent, whose products are x. It
// sets u to the derivative of their losses by their scores and returns the sum of
// the probabilities of the negatives, all of them together for each positive.
func (n *nce[E]) positives(u, x []float32, scale float32, logZ float64) (sum nceRow, wrong float64) {
	for j, v := range x {
		s := float64(scale * v)
		y, slope := s, 1.0
		if n.Clip != 0 {
			t := math.Tanh(s / n.Clip)
			y, slope = n.Clip*t, 1-t*t
			if math.Abs(s) > n.Clip {
				sum.clipped++
			}
		}
		p := y - logZ
		d := math.Exp(-math.Abs(p))
		q := 1 / (1 + d) // 1/(1 + eᵖ) where p < 0
		if p > 0 {
			q *= d
		}
		sum.loss += max(-p, 0) + math.Log1p(d)
		sum.square += s * s
		wrong += q
		u[j] = float32(-q * slope)
	}
	return sum, wrong
}

func (n *nce[E]) backward(e *exec[E]) {
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
func (n *nce[E]) backwardAntecedents(e *exec[E], from int) {
	da := view(e.bufs[n.a.buf].dx, from)
	c := view(e.bufs[n.c.buf].x, 1-from)
	e.pool.For(kernel.Panels(n.r), func(worker, q int) {
		s := &e.scratch[worker]
		j := q * kernel.PanelCols
		cols := min(kernel.PanelCols, n.r-j)
		right := grow(&s.right, e.k.PanelLen(nceBlock))
		prod := grow(&s.prod, n.b*kernel.PanelCols)
		for k := 0; k < n.b*n.l; k += nceBlock {
			size := min(nceBlock, n.b*n.l-k)
			e.k.PackRows(right, c[k*n.r+j:], n.cOff[:size], cols)
			e.k.Gemm(prod, kernel.PanelCols, n.grads[from][k:], n.ld, right, n.b, e.k.RoundK(size), k > 0)
		}
		storeProduct(e, da[j:], n.r, prod, kernel.PanelCols, n.b, cols, n.a.add)
	})
}

// backwardConsequents computes dc = dsᵀ·a, 32 consequents at a time.
func (n *nce[E]) backwardConsequents(e *exec[E], from int) {
	a := view(e.bufs[n.a.buf].x, from)
	dc := view(e.bufs[n.c.buf].dx, 1-from)
	cols, size := n.b*n.l, e.k.PanelLen(n.b)
	panels := kernel.Panels(n.r)
	e.pool.For(panels, func(_, q int) {
		j := q * kernel.PanelCols
		e.k.PackRows(n.packed[q*size:][:size], a[j:], n.aOff, min(kernel.PanelCols, n.r-j))
	})
	e.pool.For(kernel.Panels(cols), func(worker, q int) {
		s := &e.scratch[worker]
		j := q * kernel.PanelCols
		left := grow(&s.left, size)
		e.k.PackLeft(left, n.grads[from][j:], n.gOff, kernel.PanelCols)
		prod := grow(&s.prod, kernel.PanelCols*panels*kernel.PanelCols)
		clear(prod)
		e.k.GemmTN(prod, panels*kernel.PanelCols, left, n.packed, e.k.RoundK(n.b), panels)
		storeProduct(e, dc[j*n.r:], n.r, prod, panels*kernel.PanelCols, min(kernel.PanelCols, cols-j), n.r, n.c.add)
	})
}
