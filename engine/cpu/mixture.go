package cpu

import (
	"math"

	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/kernel"
)

// mixture is the contrastive loss of k components in both directions. The k rows
// of an image are processed together: each positive weights its components by q.
type mixture[E kernel.Elem] struct {
	contrast[E]
	attr     graph.MixtureNCE
	usage, q int
	used     []float64 // (b, k): sum of q over the positives of each image
	bonus    []float64 // −log q̄_j of the current direction; nil: no gradient from the usage
}

// mixtureScratch is the memory of a worker for one image.
type mixtureScratch struct {
	log   []float64 // (L, k): s = −loss of each positive, then q
	wrong []float64 // (L, k): probability of the negatives
}

func (pl *planner[E]) newMixture(op graph.Op, a graph.MixtureNCE) *mixture[E] {
	n := &mixture[E]{
		contrast: pl.newContrast(op, a.Clip), attr: a,
		usage: pl.newBuffer(op, 3), q: pl.newBuffer(op, 4),
	}
	n.used, n.weight = make([]float64, n.b*n.k), 1/n.pairs()
	q := &pl.e.bufs[n.q]
	q.exact = make([]float32, q.size) // near 1/k, components would be alike in bfloat16
	return n
}

func (n *mixture[E]) values() []int { return []int{n.loss, n.penalty, n.usage, n.q} }

func (n *mixture[E]) forward(e *exec[E]) {
	var sum nceRow
	var usage float64
	for from := range 2 {
		n.multiply(e, from)
		n.bonus = nil
		bonus := e.train && e.bufs[n.usage].dloss != 0 && !n.attr.Hard
		n.passes(e, n.positives, e.train && !bonus)
		mean := n.meanQ(e)
		usage += entropy(mean) / 2
		if bonus { // its gradient needs the mean over all images
			n.bonus = make([]float64, n.k)
			for j, p := range mean {
				n.bonus[j] = -math.Log(max(p, math.SmallestNonzeroFloat64))
			}
			n.passes(e, n.positives, true)
		}
		for _, r := range n.images {
			sum.add(r)
		}
	}
	n.results(e, sum)
	e.bufs[n.usage].scalar = usage
}

// positives computes the losses of image i, q, and what the gradient needs from both.
func (n *mixture[E]) positives(e *exec[E], s *scratch[E], i int) {
	m := &s.mixture
	logs, wrongs := grow(&m.log, n.l*n.k), grow(&m.wrong, n.l*n.k)
	lo, hi := n.own(i)
	var sum nceRow
	for j := range n.k {
		at, x := n.row(i, j)
		r, d := &n.rows[at], n.dpositive(i, j)
		sum.add(r.nceRow)
		for l, v := range x[lo:hi] {
			p := n.positive(v, r.clip.Scale, r.logZ)
			sum.square += p.square
			sum.clipped += p.clipped
			logs[l*n.k+j], wrongs[l*n.k+j] = -p.loss, p.wrong
			d[l] = float32(-p.wrong * p.slope)
		}
	}
	sum.loss = n.assign(e, m, logs, i)
	n.weigh(e, i, logs, wrongs)
	n.images[i] = sum
}

// assign turns the s of image i, (L, k), into q, and returns the sum of their losses.
func (n *mixture[E]) assign(e *exec[E], m *mixtureScratch, s []float64, i int) (loss float64) {
	i -= n.at
	used, exact := n.used[i*n.k:][:n.k], view(e.bufs[n.q].exact, 1-n.from)[i*len(s):][:len(s)]
	clear(used)
	for l := range n.l {
		q := s[l*n.k:][:n.k]
		loss -= softMax(q, n.attr)
		for j, v := range q {
			used[j] += v
			exact[l*n.k+j] = float32(v)
		}
	}
	e.k.Narrow(view(e.bufs[n.q].x, 1-n.from)[i*len(s):][:len(s)], exact)
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

// weigh weights the positives of image i, whose q and wrongs are (L, k), by dloss·q_j
// and, with a gradient from the usage, minus dusage·Tau·q_j·(g_j − Σ_m q_m·g_m),
// where g = −log q̄.
func (n *mixture[E]) weigh(e *exec[E], i int, q, wrongs []float64) {
	dloss, dusage := e.bufs[n.loss].dloss, e.bufs[n.usage].dloss
	for j := range n.k {
		at, _ := n.row(i, j)
		r, d := &n.rows[at], n.dpositive(i, j)
		r.wrong = 0
		for l := range n.l {
			ql := q[l*n.k:][:n.k]
			w := dloss * ql[j]
			if n.bonus != nil {
				w -= dusage * n.attr.Tau * ql[j] * (n.bonus[j] - dot(ql, n.bonus))
			}
			r.wrong += w * wrongs[l*n.k+j]
			d[l] *= float32(w)
		}
	}
}

// meanQ is the mean of q over images and locations, for the current direction.
func (n *mixture[E]) meanQ(e *exec[E]) []float64 {
	mean := make([]float64, n.k)
	for i, v := range n.used {
		mean[i%n.k] += v / float64(n.all*n.l)
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
