package cpu

import (
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/kernel"
)

// nce is the contrastive loss of both directions.
type nce[E kernel.Elem] struct {
	contrast[E]
	loss, penalty, clipped int
	rows                   []nceRow // results of each antecedent
}

func (pl *planner[E]) newNCE(op graph.Op, a graph.NCE) *nce[E] {
	n := &nce[E]{
		contrast: pl.newContrast(op, a.Clip),
		loss:     pl.newBuffer(op, 0), penalty: pl.newBuffer(op, 1), clipped: pl.newBuffer(op, 2),
	}
	n.rows = make([]nceRow, n.b)
	return n
}

func (n *nce[E]) values() []int { return []int{n.loss, n.penalty} }

func (n *nce[E]) forward(e *exec[E], train bool) {
	var sum nceRow
	for from := range 2 {
		prods := n.products(e, from)
		e.pool.For(n.b, func(worker, i int) {
			n.rows[i] = n.row(e, &e.scratch[worker], prods[i*n.ld:][:n.all*n.l], from, i, train)
		})
		for _, r := range n.rows {
			sum.add(r)
		}
	}
	n.results(e, sum, n.loss, n.penalty, n.clipped)
}

// row computes loss, squares and, with train, the gradient of antecedent i by its
// products x. The negatives' sum of exponentials serves all L positives.
func (n *nce[E]) row(e *exec[E], s *scratch[E], x []float32, from, i int, train bool) nceRow {
	u := grow(&s.acc, len(x))
	neg := n.negatives(e, u, x, i)
	var sum nceRow
	logZ, wrong := neg.log(), 0.
	lo, hi := n.positives(i)
	for j := lo; j < hi; j++ {
		p := n.positive(x[j], neg.clip.Scale, logZ)
		sum.add(p.nceRow)
		wrong += p.wrong
		u[j] = float32(-p.wrong * p.slope)
	}
	sum.add(neg.nceRow)
	if train {
		dst := n.grads[from][i*n.ld : (i+1)*n.ld]
		n.gradient(e, dst, u, x, i, neg, e.bufs[n.loss].dloss/n.pairs(), wrong, e.bufs[n.penalty].dloss)
	}
	return sum
}
