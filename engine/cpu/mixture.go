package cpu

import (
	"math"

	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/kernel"
)

// mixture is the contrastive loss of k components in both directions. The k rows
// of an image are worked on together: each positive weighs its components by q.
type mixture[E kernel.Elem] struct {
	contrast[E]
	attr                   graph.MixtureNCE
	loss, penalty, clipped int
	usage, q               int
	images                 []mixtureImage
	bonus                  []float64 // −log q̄_j of the direction at work; nil: no gradient by the usage
}

// mixtureImage sums over the scores of one image and holds its sum of q (k).
type mixtureImage struct {
	nceRow
	used []float64
}

// mixtureScratch is the memory of a worker for one image.
type mixtureScratch struct {
	negatives []negatives // by component
	log       []float64   // (L, k): s = −loss of each positive, then q
	wrong     []float64   // (L, k): probability of the negatives
	q         []float32   // (L, k)
}

func (pl *planner[E]) newMixture(op graph.Op, a graph.MixtureNCE) *mixture[E] {
	n := &mixture[E]{
		contrast: pl.newContrast(op, a.Clip), attr: a,
		loss: pl.newBuffer(op, 0), penalty: pl.newBuffer(op, 1), clipped: pl.newBuffer(op, 2),
		usage: pl.newBuffer(op, 3), q: pl.newBuffer(op, 4),
	}
	n.images = make([]mixtureImage, n.b)
	for i := range n.images {
		n.images[i].used = make([]float64, n.k)
	}
	return n
}

func (n *mixture[E]) values() []int { return []int{n.loss, n.penalty, n.usage, n.q} }

func (n *mixture[E]) forward(e *exec[E], train bool) {
	var sum nceRow
	var usage float64
	for from := range 2 {
		prods := n.products(e, from)
		n.bonus = nil
		bonus := train && e.bufs[n.usage].dloss != 0 && !n.attr.Hard
		n.direction(e, prods, from, train && !bonus)
		mean := n.meanQ(e)
		usage += entropy(mean) / 2
		if bonus { // its gradient needs the mean over all images
			n.bonus = make([]float64, n.k)
			for j, p := range mean {
				n.bonus[j] = -math.Log(max(p, math.SmallestNonzeroFloat64))
			}
			n.direction(e, prods, from, true)
		}
		for i := range n.images {
			sum.add(n.images[i].nceRow)
		}
	}
	n.results(e, sum, n.loss, n.penalty, n.clipped)
	e.bufs[n.usage].scalar = usage
}

func (n *mixture[E]) direction(e *exec[E], prods []float32, from int, train bool) {
	e.pool.For(n.b, func(worker, i int) {
		n.image(e, &e.scratch[worker], prods[i*n.k*n.ld:][:n.k*n.ld], from, i, train)
	})
}

// image computes loss, squares, q and, with train, the gradient of the components
// of image i by their products x (k, ld).
func (n *mixture[E]) image(e *exec[E], s *scratch[E], x []float32, from, i int, train bool) {
	m, cols := &s.mixture, n.all*n.l
	u := grow(&s.acc, n.k*cols)
	negs, logs, wrongs := grow(&m.negatives, n.k), grow(&m.log, n.l*n.k), grow(&m.wrong, n.l*n.k)
	first, _ := n.positives(i)
	var sum nceRow
	for j := range n.k {
		uj, xj := u[j*cols:][:cols], x[j*n.ld:][:cols]
		negs[j] = n.negatives(e, uj, xj, i)
		sum.add(negs[j].nceRow)
		logZ := negs[j].log()
		for l := range n.l {
			p := n.positive(xj[first+l], negs[j].clip.Scale, logZ)
			sum.square += p.square
			sum.clipped += p.clipped
			logs[l*n.k+j], wrongs[l*n.k+j] = -p.loss, p.wrong
			uj[first+l] = float32(-p.wrong * p.slope)
		}
	}
	sum.loss = n.assign(e, m, logs, from, i)
	if train {
		n.gradients(e, u, x, from, i, negs, logs, wrongs)
	}
	n.images[i].nceRow = sum
}

// assign turns the s of image i, (L, k), into q, and returns the sum of their losses.
func (n *mixture[E]) assign(e *exec[E], m *mixtureScratch, s []float64, from, i int) (loss float64) {
	used, narrow := n.images[i].used, grow(&m.q, len(s))
	clear(used)
	for l := range n.l {
		q := s[l*n.k:][:n.k]
		loss -= softMax(q, n.attr)
		for j, v := range q {
			used[j] += v
			narrow[l*n.k+j] = float32(v)
		}
	}
	e.k.Narrow(view(e.bufs[n.q].x, 1-from)[i*n.l*n.k:][:n.l*n.k], narrow)
	return loss
}

// softMax turns the k values s_j of one positive into q and returns
// 1/Tau · log(1/k · Σ exp(Tau·s_j)), with Hard the largest.
func softMax(s []float64, a graph.MixtureNCE) float64 {
	best := 0
	for j, v := range s {
		if v > s[best] {
			best = j
		}
	}
	top := s[best]
	if a.Hard {
		clear(s)
		s[best] = 1
		return top
	}
	var sum float64
	for j, v := range s {
		s[j] = math.Exp(a.Tau * (v - top))
		sum += s[j]
	}
	for j := range s {
		s[j] /= sum
	}
	return top + math.Log(sum/float64(len(s)))/a.Tau
}

// gradients sets the gradients by the products x (k, ld) of image i, whose q and
// wrongs are (L, k). The loss of a positive weighs dloss·q_j, and with a gradient by
// the usage dusage·Tau·q_j·(g_j − Σ_m q_m·g_m) less, where g = −log q̄.
func (n *mixture[E]) gradients(
	e *exec[E], u, x []float32, from, i int, negs []negatives, q, wrongs []float64,
) {
	cols := n.all * n.l
	first, _ := n.positives(i)
	dloss, dusage := e.bufs[n.loss].dloss, e.bufs[n.usage].dloss
	for j := range n.k {
		uj := u[j*cols:][:cols]
		var wrong float64
		for l := range n.l {
			ql := q[l*n.k:][:n.k]
			w := dloss * ql[j]
			if n.bonus != nil {
				w -= dusage * n.attr.Tau * ql[j] * (n.bonus[j] - dot(ql, n.bonus))
			}
			wrong += w * wrongs[l*n.k+j]
			uj[first+l] *= float32(w)
		}
		dst := n.grads[from][(i*n.k+j)*n.ld:][:n.ld]
		n.gradient(e, dst, uj, x[j*n.ld:][:cols], i, negs[j], 1/n.pairs(), wrong, e.bufs[n.penalty].dloss)
	}
}

// meanQ is the mean of q over images and locations, of the direction at work.
func (n *mixture[E]) meanQ(e *exec[E]) []float64 {
	mean := make([]float64, n.k)
	for _, x := range n.images {
		for j, v := range x.used {
			mean[j] += v / float64(n.all*n.l)
		}
	}
	e.peers.sum(mean)
	return mean
}

// entropy is −Σ p·log p in nats.
func entropy(p []float64) (h float64) {
	for _, v := range p {
		if v > 0 {
			h -= v * math.Log(v)
		}
	}
	return h
}

func dot(x, y []float64) (sum float64) {
	for i, v := range x {
		sum += v * y[i]
	}
	return sum
}
