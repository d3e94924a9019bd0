package cpu

import (
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/kernel"
)

// nce is the contrastive loss of both directions.
type nce[E kernel.Elem] struct{ contrast[E] }

func (pl *planner[E]) newNCE(op graph.Op, a graph.NCE) *nce[E] {
	return &nce[E]{pl.newContrast(op, a.Clip)}
}

func (n *nce[E]) values() []int { return []int{n.loss, n.penalty} }

func (n *nce[E]) forward(e *exec[E]) {
	var sum nceRow
	n.weight = e.bufs[n.loss].dloss / n.pairs()
	for from := range 2 {
		n.multiply(e, from)
		n.passes(e, n.positives, e.train)
		for _, r := range n.images {
			sum.add(r)
		}
	}
	n.results(e, sum)
}

// positives computes the losses of image i. The negatives' sum of exponentials serves
// all L of them.
func (n *nce[E]) positives(_ *exec[E], _ *scratch[E], i int) {
	at, x := n.row(i, 0)
	lo, hi := n.own(i)
	r, d := &n.rows[at], n.dpositive(i, 0)
	var sum nceRow
	for l, v := range x[lo:hi] {
		p := n.positive(v, r.clip.Scale, r.logZ)
		sum.add(p.nceRow)
		r.wrong += p.wrong
		d[l] = float32(-p.wrong * p.slope)
	}
	sum.add(r.nceRow)
	n.images[i] = sum
}
