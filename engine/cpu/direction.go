package cpu

import (
	"math"

	"github.com/amdim/amdim/internal/kernel"
)

// direction is what a contrastive loss knows about the current direction, in
// which one view predicts the other.
type direction struct {
	from       int          // the view of the antecedents
	prods      []float32    // (B·k, ld): products
	rows       []antecedent // (B·k)
	images     []nceRow     // (B): of all k rows
	dpositives []float32    // (b·k, L): derivative of the loss by positives, without weight
	weight     float64      // of the loss of each
}

func newDirection(all, b, k, l int) direction {
	return direction{
		rows: make([]antecedent, all*k), images: make([]nceRow, all), dpositives: make([]float32, b*k*l),
	}
}

// nceRow sums over the scores of one antecedent, or of one image.
type nceRow struct {
	loss, square float64
	clipped      int
}

func (r *nceRow) add(x nceRow) {
	r.loss += x.loss
	r.square += x.square
	r.clipped += x.clipped
}

// antecedent is the result of a row of products. Z is the partition function of its
// negatives, Σ eʸ, in whichever process their consequents are.
type antecedent struct {
	nceRow // of the negatives among the columns
	clip   kernel.NCEClip
	logZ   float64
	z      float64 // Z·e^−Top
	wrong  float64 // probability of the negatives, summed over the positives
}

// pass does one step of the loss for image i.
type pass[E kernel.Elem] func(e *exec[E], s *scratch[E], i int)

// passes takes all rows through three passes: negatives, positives and, with train,
// the gradient. In a single process an image goes through all of them while its rows
// are in the cache. In a group a row has negatives in every process and its positives
// in one, so between passes the processes share the rows' results.
func (n *contrast[E]) passes(e *exec[E], positives pass[E], train bool) {
	images := func(lo, hi int, all ...pass[E]) {
		e.pool.For(hi-lo, func(worker, i int) {
			for _, p := range all {
				p(e, &e.scratch[worker], lo+i)
			}
		})
	}
	switch {
	case e.peers == nil && train:
		images(0, n.all, n.negatives, positives, n.gradient)
	case e.peers == nil:
		images(0, n.all, n.negatives, positives)
	default:
		images(0, n.all, n.negatives)
		n.sharePartition(e)
		images(n.at, n.at+n.b, positives)
		if train {
			n.shareWrong(e)
			images(0, n.all, n.again, n.gradient)
		}
	}
}

// row returns the index of the row of antecedent j of image i, and its products.
func (n *contrast[E]) row(i, j int) (at int, x []float32) {
	at = i*n.k + j
	return at, n.prods[at*n.ld:][:n.b*n.l]
}

// own returns the columns of the consequents of image i: none if another process has them.
func (n *contrast[E]) own(i int) (lo, hi int) {
	if i -= n.at; i < 0 || i >= n.b {
		return 0, 0
	}
	return i * n.l, (i + 1) * n.l
}

// negatives sums over the negatives of image i among this process's columns.
func (n *contrast[E]) negatives(e *exec[E], s *scratch[E], i int) {
	lo, hi := n.own(i)
	var sum nceRow
	for j := range n.k {
		at, x := n.row(i, j)
		c := n.clip(e, x[:lo], x[hi:])
		left, right := n.exps(e, s, i, j, c)
		r := antecedent{
			nceRow: nceRow{square: left.Square + right.Square, clipped: left.Beyond + right.Beyond},
			clip:   c, z: left.Exp + right.Exp,
		}
		r.logZ = math.Log(r.z) + float64(c.Top)
		n.rows[at] = r
		sum.add(r.nceRow)
	}
	n.images[i] = sum
}

// exps sums over the negatives left and right of the positives in a row, and sets its
// part of the scratch memory to numbers proportional to the derivative of log Z.
func (n *contrast[E]) exps(
	e *exec[E], s *scratch[E], i, j int, c kernel.NCEClip,
) (left, right kernel.NCESums) {
	lo, hi := n.own(i)
	_, x := n.row(i, j)
	u := n.u(s, j)
	return e.set.NCEScores(u[:lo], x[:lo], c), e.set.NCEScores(u[hi:], x[hi:], c)
}

// u is a row's part of the scratch memory.
func (n *contrast[E]) u(s *scratch[E], j int) []float32 {
	cols := n.b * n.l
	return grow(&s.acc, n.k*cols)[j*cols:][:cols]
}

// again recomputes what negatives left in the scratch memory. That costs less than
// keeping it, which would take as much memory as the products.
func (n *contrast[E]) again(e *exec[E], s *scratch[E], i int) {
	for j := range n.k {
		at, _ := n.row(i, j)
		n.exps(e, s, i, j, n.rows[at].clip)
	}
}

// gradient sets the gradient with respect to the products of image i: the scratch values
// times wrong/z for negatives, the weighted dpositives, and the penalty's gradient.
func (n *contrast[E]) gradient(e *exec[E], s *scratch[E], i int) {
	lo, hi := n.own(i)
	dpenalty := e.bufs[n.penalty].dloss
	for j := range n.k {
		at, x := n.row(i, j)
		r, dst, u := &n.rows[at], n.grads[n.from][at*n.ld:][:n.ld], n.u(s, j)
		scale := float64(r.clip.Scale)
		square := float32(2 * dpenalty / n.scores() * scale * scale)
		negative := float32(r.wrong / r.z * (n.weight * scale))
		e.k.NCEGradient(dst[:lo], negative, u[:lo], square, x[:lo])
		e.k.NCEGradient(dst[lo:hi], float32(n.weight*scale), n.dpositive(i, j), square, x[lo:hi])
		e.k.NCEGradient(dst[hi:len(x)], negative, u[hi:], square, x[hi:])
		clear(dst[len(x):])
	}
}

// dpositive is the part of dpositives that belongs to a row.
func (n *contrast[E]) dpositive(i, j int) []float32 {
	lo, hi := n.own(i)
	return n.dpositives[lo*n.k+j*n.l:][:hi-lo]
}
