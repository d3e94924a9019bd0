package cpu

import (
	"math"
	"slices"

	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/kernel"
)

// xent is SoftmaxXent. The gradient is computed with the loss: its factor is
// known when the program is compiled.
type xent[E kernel.Elem] struct {
	graph.SoftmaxXent
	x                       edge
	labels                  int
	loss, penalty, accuracy int
	parts                   []xentSums
	dx                      []float32 // from a forward before a backward
}

// xentRows is the number of rows in a part, one piece of work.
const xentRows = 16

// xentSums are over rows.
type xentSums struct{ loss, penalty, right float64 }

func (pl *planner[E]) newXent(op graph.Op, a graph.SoftmaxXent) *xent[E] {
	pl.limit(op.In[1], -1, pl.p.Values[op.In[0]].Shape[1])
	return &xent[E]{
		SoftmaxXent: a, x: pl.edge(op, 0), labels: pl.bufOf[op.In[1]],
		loss: pl.newBuffer(op, 0), penalty: pl.newBuffer(op, 1), accuracy: pl.newBuffer(op, 2),
	}
}

func (n *xent[E]) inputs() []*edge { return []*edge{&n.x} }
func (n *xent[E]) values() []int   { return []int{n.loss, n.penalty} }

func (n *xent[E]) forward(e *exec[E]) {
	x, labels := &e.bufs[n.x.buf], e.bufs[n.labels].i32
	labelled, elements := n.count(e, labels)
	weight := e.bufs[n.loss].dloss / labelled
	square := 2 * e.bufs[n.penalty].dloss / elements
	var dx []float32 // none is wanted
	if e.train && n.x.grad {
		dx = grow(&n.dx, len(x.x))
	}
	n.parts = grow(&n.parts, (len(labels)+xentRows-1)/xentRows)
	classes := n.x.cols
	e.pool.For(len(n.parts), func(worker, i int) {
		var part xentSums
		for r := i * xentRows; r < min((i+1)*xentRows, len(labels)); r++ {
			row := dx
			if dx != nil {
				row = dx[r*classes : (r+1)*classes]
			}
			n.row(e, &e.scratch[worker], &part, row, x.x[r*classes:(r+1)*classes], int(labels[r]), weight, square)
		}
		n.parts[i] = part
	})
	sums := make([]float64, 3)
	for _, p := range n.parts {
		sums[0] += p.loss
		sums[1] += p.right
		sums[2] += p.penalty
	}
	e.peers.sum(sums)
	e.bufs[n.loss].scalar = sums[0] / labelled
	e.bufs[n.accuracy].scalar = sums[1] / labelled
	e.bufs[n.penalty].scalar = sums[2] / elements
}

// count returns the number of labelled rows, at least 1, and of logits in the batch.
func (n *xent[E]) count(e *exec[E], labels []int32) (labelled, logits float64) {
	sums := []float64{0}
	for _, l := range labels {
		if l >= 0 {
			sums[0]++
		}
	}
	e.peers.sum(sums)
	_, processes := e.peers.place()
	return max(1, sums[0]), float64(processes * len(labels) * n.x.cols)
}

// row adds one row of logits to the sums and, unless dx is nil, sets its gradient:
// weight times that of the cross-entropy and square times the logits.
func (n *xent[E]) row(
	e *exec[E], s *scratch[E], sums *xentSums, dx []float32, x []E, label int, weight, square float64,
) {
	logits, u := grow(&s.acc, len(x)), grow(&s.acc2, len(x))
	e.k.Widen(logits, x)
	highest := e.set.Max(logits)
	c := kernel.NCEClip{Scale: 1, Clip: float32(n.Clip), Top: float32(n.clipped(highest))}
	scores := e.set.NCEScores(u, logits, c)
	sums.penalty += scores.Square
	if dx != nil {
		e.set.Scale(dx, float32(square), logits)
	}
	if label < 0 {
		return
	}
	if logits[label] == highest && !slices.Contains(logits[:label], highest) {
		sums.right++
	}
	own := n.clipped(logits[label])
	sums.loss += max(0, math.Log(scores.Exp)+float64(c.Top)-own) // below 0 by rounding alone
	if dx == nil {
		return
	}
	slope := 1.0
	if n.Clip != 0 {
		slope -= (own / n.Clip) * (own / n.Clip)
	}
	share := float64(u[label]) // of its class: set apart, as 1 − share may be small
	u[label] = 0
	e.set.Axpy(dx, float32(weight/scores.Exp), u)
	dx[label] += float32(weight * (share - slope*scores.Exp) / scores.Exp)
}

// clipped is a logit after the clip.
func (n *xent[E]) clipped(logit float32) float64 {
	if n.Clip == 0 {
		return float64(logit)
	}
	return n.Clip * math.Tanh(float64(logit)/n.Clip)
}

func (n *xent[E]) backward(e *exec[E]) {
	if !n.x.grad {
		return
	}
	dx := e.bufs[n.x.buf].dx
	e.chunks(len(dx), func(lo, hi int) { storeRow(e, dx[lo:hi], n.dx[lo:hi], n.x.add) })
}
