package cpu

import (
	"math"

	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/kernel"
)

// nce is the contrastive loss of both directions. The gradient by the scores is
// computed row by row with the loss, whose factors are known when the program
// is compiled; backward is two products per direction.
type nce[E kernel.Elem] struct {
	graph.NCE
	a, c                   edge // antecedents (2B, r), consequents (2B, L, r)
	loss, penalty, clipped int
	b, l, r                int
	ld                     int // B·L rounded up to whole panels: row length of scores

	packed []E       // consequents of one view, transposed: r × B·L
	scores []float32 // (B, ld) of one direction
	grads  [2][]E    // (B, ld): gradient by the raw products, per direction
	rows   []nceRow  // results of each antecedent, per direction
}

// nceRow sums over the scores of one antecedent.
type nceRow struct {
	loss, square float64
	clipped      int
}

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
	n.packed = make([]E, pl.e.k.PackedLen(n.r, n.b*n.l))
	n.scores = make([]float32, n.b*n.ld)
	n.grads = [2][]E{make([]E, n.b*n.ld), make([]E, n.b*n.ld)}
	n.rows = make([]nceRow, n.b)
	return n
}

func (n *nce[E]) inputs() []*edge { return []*edge{&n.a, &n.c} }
func (n *nce[E]) values() []int   { return []int{n.loss, n.penalty} }

func (n *nce[E]) forward(e *exec[E], train bool) {
	var sum nceRow
	for view := range 2 {
		n.products(e, view)
		e.pool.For(n.b, func(worker, i int) { n.rows[i] = n.row(e, &e.scratch[worker], view, i, train) })
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

// products sets scores to ⟨a, c⟩ of the antecedents of one view and the
// consequents of the other.
func (n *nce[E]) products(e *exec[E], from int) {
	a, c := view(e.bufs[n.a.buf].x, from), view(e.bufs[n.c.buf].x, 1-from)
	cols, depth := n.b*n.l, e.k.RoundK(n.r)
	size := e.k.PanelLen(n.r)
	if depth != n.r {
		a = widenRows(a, n.r, depth)
	}
	e.pool.For(kernel.Panels(cols), func(_, q int) {
		j := q * kernel.PanelCols
		panel := n.packed[q*size : (q+1)*size]
		e.k.PackTransposed(panel, c[j*n.r:], n.r, min(kernel.PanelCols, cols-j), n.r)
		e.k.Gemm(n.scores[j:], n.ld, a, depth, panel, n.b, depth, false)
	})
}

// widenRows copies rows of length n to rows of length to, zeros behind.
func widenRows[E any](x []E, n, to int) []E {
	rows := len(x) / n
	out := make([]E, rows*to)
	for i := range rows {
		copy(out[i*to:], x[i*n:(i+1)*n])
	}
	return out
}

// row computes loss, squares and, with train, the gradient of antecedent i.
//
// The negatives' sum of exponentials serves all L positives. With p the score
// of a positive less log Z of the negatives, its loss is log(1 + e⁻ᵖ).
func (n *nce[E]) row(e *exec[E], s *scratch[E], from, i int, train bool) nceRow {
	cols := n.b * n.l
	score := n.scores[i*n.ld:][:cols]
	e.set.Scale(score, float32(1/math.Sqrt(float64(n.r))), score)
	sum := nceRow{square: e.set.Dot(score, score)}
	slope := grow(&s.acc, cols) // tanh(score/Clip)
	exps := grow(&s.acc2, cols)
	sum.clipped = n.clip(e, exps, slope, score)
	lo, hi := i*n.l, (i+1)*n.l
	top := max(e.set.Max(exps[:lo]), e.set.Max(exps[hi:]))
	for j := range exps {
		exps[j] -= top
	}
	own := grow(&s.prod, n.l)
	copy(own, exps[lo:hi])
	clear(exps[lo:hi])
	e.set.Exp(exps, exps)
	clear(exps[lo:hi])
	z := e.set.Sum(exps)
	logZ := math.Log(z)
	var wrong float64 // Σ over positives of the probability of the negatives
	for j, x := range own {
		p := float64(x) - logZ
		q := 1 / (1 + math.Exp(p)) // all negatives together
		sum.loss += softplus(-p)
		wrong += q
		own[j] = float32(-q)
	}
	if train {
		n.gradient(e, from, i, gradientTerms{score, slope, exps, own, wrong / z})
	}
	return sum
}

// clip sets dst to Clip·tanh(score/Clip) and slope to that tanh; it returns the
// number of scores beyond ±Clip. Clip 0 means no clip.
func (n *nce[E]) clip(e *exec[E], dst, slope, score []float32) int {
	if n.Clip == 0 {
		clear(slope)
		copy(dst, score)
		return 0
	}
	e.set.Scale(slope, float32(1/n.Clip), score)
	count := 0
	for _, x := range slope {
		if x > 1 || x < -1 {
			count++
		}
	}
	e.set.Tanh(slope, slope)
	e.set.Scale(dst, float32(n.Clip), slope)
	return count
}

// softplus is log(1 + eˣ).
func softplus(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }

// gradientTerms are what the gradient of a row is made of.
type gradientTerms struct {
	score, slope []float32 // s and tanh(s/Clip)
	exps         []float32 // eˢ of the negatives, 0 at the positives
	own          []float32 // derivative of the loss by the positives
	negative     float64   // factor of exps
}

// gradient stores the derivative of the weighted loss and penalty by the raw
// products of antecedent i.
func (n *nce[E]) gradient(e *exec[E], from, i int, g gradientTerms) {
	pairs := 2 * float64(n.b*n.l)
	weight := e.bufs[n.loss].dloss / pairs / math.Sqrt(float64(n.r))
	square := float32(2 * e.bufs[n.penalty].dloss / (pairs * float64(n.b)) / math.Sqrt(float64(n.r)))
	negative := float32(g.negative * weight)
	for j, x := range g.exps {
		g.exps[j] = x * negative
	}
	for j, x := range g.own {
		g.exps[i*n.l+j] = x * float32(weight)
	}
	for j, t := range g.slope {
		g.exps[j] = g.exps[j]*(1-t*t) + square*g.score[j]
	}
	dst := n.grads[from][i*n.ld : (i+1)*n.ld]
	e.k.Narrow(dst[:len(g.exps)], g.exps)
	clear(dst[len(g.exps):])
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

// backwardAntecedents computes da = ds·c, a panel of 32 channels at a time.
func (n *nce[E]) backwardAntecedents(e *exec[E], from int) {
	da := view(e.bufs[n.a.buf].dx, from)
	c := view(e.bufs[n.c.buf].x, 1-from)
	depth := e.k.RoundK(n.b * n.l)
	off := rowOffsets(n.b*n.l, n.r)
	e.pool.For(kernel.Panels(n.r), func(worker, q int) {
		s := &e.scratch[worker]
		j := q * kernel.PanelCols
		cols := min(kernel.PanelCols, n.r-j)
		right := grow(&s.right, e.k.PanelLen(n.b*n.l))
		e.k.PackRows(right, c[j:], off, cols)
		prod := grow(&s.prod, n.b*kernel.PanelCols)
		e.k.Gemm(prod, kernel.PanelCols, n.grads[from], n.ld, right, n.b, depth, false)
		storeProduct(e, da[j:], n.r, prod, kernel.PanelCols, n.b, cols, n.a.add)
	})
}

// backwardConsequents computes dc = dsᵀ·a, 32 consequents at a time.
func (n *nce[E]) backwardConsequents(e *exec[E], from int) {
	a := view(e.bufs[n.a.buf].x, from)
	dc := view(e.bufs[n.c.buf].dx, 1-from)
	cols := n.b * n.l
	right := make([]E, e.k.PackedLen(n.b, n.r))
	e.k.PackRows(right, a, rowOffsets(n.b, n.r), n.r)
	off := rowOffsets(n.b, n.ld)
	panels := kernel.Panels(n.r)
	e.pool.For(kernel.Panels(cols), func(worker, q int) {
		s := &e.scratch[worker]
		j := q * kernel.PanelCols
		left := grow(&s.left, e.k.PanelLen(n.b))
		e.k.PackRows(left, n.grads[from][j:], off, kernel.PanelCols)
		prod := grow(&s.prod, kernel.PanelCols*panels*kernel.PanelCols)
		clear(prod)
		e.k.GemmTN(prod, panels*kernel.PanelCols, left, right, e.k.RoundK(n.b), panels)
		storeProduct(e, dc[j*n.r:], n.r, prod, panels*kernel.PanelCols, min(kernel.PanelCols, cols-j), n.r, n.c.add)
	})
}
