package ref

import (
	"math"
	"slices"

	"github.com/amdim/amdim/graph"
)

// mixtureNCE sets loss, penalty, clipped and usage, each the mean of two
// directions, and q. Components are (2B, k, r), consequents (2B, …, r), q
// (2B, …, k). See graph.MixtureNCE and PAPER 4.
func mixtureNCE(a graph.MixtureNCE, out []array, components, consequents array) {
	loss, penalty, clipped, usage, q := out[0], out[1], out[2], out[3], out[4]
	half := components.shape[0] / 2
	for _, from := range []int{0, half} {
		m := mixtureOf(a, components.rows(from, from+half), consequents.rows(half-from, 2*half-from))
		loss.v[0] += m.loss() / 2
		usage.v[0] += entropy(m.meanQ()) / 2
		for _, s := range m.components {
			penalty.v[0] += s.meanSquare() / float64(2*len(m.components))
			clipped.v[0] += s.shareAbove(a.Clip) / float64(2*len(m.components))
		}
		copy(q.rows(half-from, 2*half-from).v, slices.Concat(m.q...))
	}
}

// mixtureNCEBackward adds to the gradients da and dc of components and
// consequents, given those by the results loss, penalty and usage.
func mixtureNCEBackward(a graph.MixtureNCE, da, dc array, dout []array, components, consequents array) {
	dloss, dpenalty, dusage := dout[0].v[0], dout[1].v[0], dout[3].v[0]
	half := components.shape[0] / 2
	for _, from := range []int{0, half} {
		to := half - from
		m := mixtureOf(a, components.rows(from, from+half), consequents.rows(to, to+half))
		dlog := m.lossBackward(dloss / 2)
		m.usageBackward(dlog, dusage/2)
		for j, s := range m.components {
			ds := make([]float64, len(s.v))
			s.lossesBackward(ds, a.Clip, dlog[j])
			s.meanSquareBackward(ds, dpenalty/float64(2*len(m.components)))
			dj := newArray(s.a.shape)
			s.backward(ds, dj, dc.rows(to, to+half))
			for b := range s.b {
				for i, d := range dj.row(b) {
					da.row(from + b)[j*len(dj.row(b))+i] += d
				}
			}
		}
	}
}

// mixture is one direction.
type mixture struct {
	graph.MixtureNCE
	components []scores
	log        [][]float64 // by component: s_bjl, (B·L)
	q          [][]float64 // by positive: (k)
}

func mixtureOf(a graph.MixtureNCE, components, consequents array) *mixture {
	b, k, r := components.shape[0], components.shape[1], components.shape[2]
	m := &mixture{MixtureNCE: a}
	for j := range k {
		aj := newArray([]int{b, r})
		for i := range b {
			copy(aj.row(i), components.row(i)[j*r:])
		}
		s := scoresOf(aj, consequents)
		log := s.losses(a.Clip)
		for i := range log {
			log[i] = -log[i]
		}
		m.components, m.log = append(m.components, s), append(m.log, log)
	}
	for i := range m.log[0] {
		m.q = append(m.q, m.assign(m.of(i)))
	}
	return m
}

// of are the k values s_bjl of positive i.
func (m *mixture) of(i int) []float64 {
	s := make([]float64, len(m.log))
	for j, log := range m.log {
		s[j] = log[i]
	}
	return s
}

// assign is q of the values s of one positive: the softmax of Tau·s, or one for
// the first of the best.
func (m *mixture) assign(s []float64) []float64 {
	q := make([]float64, len(s))
	if m.Hard {
		q[firstMax(s)] = 1
		return q
	}
	for j, z := range m.scaled(s) {
		q[j] = math.Exp(z - logSumExp(m.scaled(s)))
	}
	return q
}

func (m *mixture) scaled(s []float64) []float64 {
	t := slices.Clone(s)
	for j := range t {
		t[j] *= m.Tau
	}
	return t
}

// loss is −1/Tau · mean of log(1/k · Σ_j exp(Tau·s_j)), with Hard −mean of max_j s_j.
func (m *mixture) loss() float64 {
	var sum float64
	for i := range m.q {
		if s := m.of(i); m.Hard {
			sum -= slices.Max(s)
		} else {
			sum -= (logSumExp(m.scaled(s)) - math.Log(float64(len(s)))) / m.Tau
		}
	}
	return sum / float64(len(m.q))
}

// lossBackward is −dloss·q_j/(B·L), the derivative by s_j of each component and
// positive.
func (m *mixture) lossBackward(dloss float64) [][]float64 {
	dlog := make([][]float64, len(m.log))
	for j := range dlog {
		for _, q := range m.q {
			dlog[j] = append(dlog[j], -dloss*q[j]/float64(len(m.q)))
		}
	}
	return dlog
}

// meanQ is the mean of q over the positives.
func (m *mixture) meanQ() []float64 {
	mean := make([]float64, len(m.log))
	for _, q := range m.q {
		for j, v := range q {
			mean[j] += v / float64(len(m.q))
		}
	}
	return mean
}

// usageBackward adds to dlog the derivative of dusage·H(q̄). With g_j = −log q̄_j
// and q the softmax of Tau·s, by s_j of one positive it is
//
//	dusage/(B·L) · Tau·q_j·(g_j − Σ_m q_m·g_m)
func (m *mixture) usageBackward(dlog [][]float64, dusage float64) {
	if dusage == 0 || m.Hard {
		return
	}
	mean := m.meanQ()
	for i, q := range m.q {
		var mixed float64
		for j, v := range q {
			if v > 0 {
				mixed -= v * math.Log(mean[j])
			}
		}
		for j, v := range q {
			if v > 0 {
				dlog[j][i] += dusage / float64(len(m.q)) * m.Tau * v * (-math.Log(mean[j]) - mixed)
			}
		}
	}
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
