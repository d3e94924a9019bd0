package cpu

import (
	"math"

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
	dx                      []float32
}

func (pl *planner[E]) newXent(op graph.Op, a graph.SoftmaxXent) *xent[E] {
	pl.limit(op.In[1], -1, pl.p.Values[op.In[0]].Shape[1])
	return &xent[E]{
		SoftmaxXent: a, x: pl.edge(op, 0), labels: pl.bufOf[op.In[1]],
		loss: pl.newBuffer(op, 0), penalty: pl.newBuffer(op, 1), accuracy: pl.newBuffer(op, 2),
	}
}

func (n *xent[E]) inputs() []*edge { return []*edge{&n.x} }
func (n *xent[E]) values() []int   { return []int{n.loss, n.penalty} }

func (n *xent[E]) forward(e *exec[E], _ bool) {
	x, labels := &e.bufs[n.x.buf], e.bufs[n.labels].i32
	logits := make([]float32, len(x.x))
	e.k.Widen(logits, x.x)
	n.dx = grow(&n.dx, len(logits))
	labelled, elements := n.count(e, labels)
	weight := e.bufs[n.loss].dloss / labelled
	square := 2 * e.bufs[n.penalty].dloss / elements
	var loss, penalty, right float64
	classes := n.x.cols
	for r, label := range labels {
		s := logits[r*classes : (r+1)*classes]
		dx := n.dx[r*classes : (r+1)*classes]
		for j, v := range s {
			penalty += float64(v) * float64(v)
			dx[j] = float32(square * float64(v))
		}
		if label < 0 {
			continue
		}
		loss += n.row(dx, s, int(label), weight)
		if argmax(s) == int(label) {
			right++
		}
	}
	sums := []float64{loss, right, penalty}
	e.peers.sum(sums)
	e.bufs[n.loss].scalar = sums[0] / labelled
	e.bufs[n.accuracy].scalar = sums[1] / labelled
	e.bufs[n.penalty].scalar = sums[2] / elements
}

// count is the number of labelled rows, or 1, and that of logits in the batch.
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

// row returns the cross-entropy of one row and adds weight times its gradient to dx.
func (n *xent[E]) row(dx, s []float32, label int, weight float64) float64 {
	clipped := make([]float64, len(s))
	top := math.Inf(-1)
	for j, v := range s {
		clipped[j] = float64(v)
		if n.Clip != 0 {
			clipped[j] = n.Clip * math.Tanh(float64(v)/n.Clip)
		}
		top = max(top, clipped[j])
	}
	var z float64
	for _, v := range clipped {
		z += math.Exp(v - top)
	}
	for j, v := range clipped {
		d := math.Exp(v-top) / z
		if j == label {
			d--
		}
		slope := 1.0
		if n.Clip != 0 {
			slope -= (v / n.Clip) * (v / n.Clip)
		}
		dx[j] += float32(weight * d * slope)
	}
	return math.Log(z) + top - clipped[label]
}

// argmax is the index of the largest element, the first of equals.
func argmax(s []float32) int {
	best := 0
	for j, v := range s {
		if v > s[best] {
			best = j
		}
	}
	return best
}

func (n *xent[E]) backward(e *exec[E]) {
	storeRow(e, e.bufs[n.x.buf].dx, n.dx, n.x.add)
}
