package mixture

import (
	"math"

	"github.com/amdim/amdim/feature"
	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/model"
)

// claims holds the components of an image's f1, ready to be scored against locations.
type claims struct {
	components []float32 // (k, r), divided by √r
	z          []float64 // log Σ exp of the scores with all negatives, by component
	k, dim     int
	clip, tau  float64
	prior      []float64 // log π_j
	nce        []float64
}

// newClaims takes the components (k, r) of an image; meet must be called next.
func newClaims(m model.Config, components []float32, tau float64) claims {
	c := claims{k: m.Mix.K, dim: m.NRKHS, clip: m.TClip, tau: tau}
	c.components, c.z = make([]float32, c.k*c.dim), make([]float64, c.k)
	c.prior, c.nce = make([]float64, c.k), make([]float64, c.k)
	for i, v := range components {
		c.components[i] = v / float32(math.Sqrt(float64(c.dim)))
	}
	return c
}

// meet scores the current components against all negatives.
func (c *claims) meet(n negatives, pool *parallel.Pool) {
	pool.For(c.k, func(_, j int) {
		sum := logSum{highest: math.Inf(-1)}
		for at := 0; at < len(n.X); at += c.dim {
			sum.add(c.score(j, n.X[at:at+c.dim]))
		}
		c.z[j] = sum.value()
	})
}

// score is the clipped score of component j and a location, φ7 (r), as in the loss.
func (c *claims) score(j int, location []float32) float64 {
	sum := float32(0)
	location = location[:c.dim]
	for i, v := range c.components[j*c.dim : (j+1)*c.dim] {
		sum += v * location[i]
	}
	return c.clipped(float64(sum))
}

func (c *claims) clipped(s float64) float64 {
	if c.clip == 0 {
		return s
	}
	return c.clip * math.Tanh(s/c.clip)
}

// share sets q (k) to the probabilities with which a location belongs to each
// component: PAPER 4.1, q ∝ exp(τ·s_nce).
func (c *claims) share(q, location []float32) {
	for j := range c.nce {
		s := c.score(j, location)
		c.nce[j] = c.prior[j] + c.tau*(s-logAdd(s, c.z[j]))
	}
	feature.Softmax(c.nce)
	for j, v := range c.nce {
		q[j] = float32(v)
	}
}

// logSum accumulates log Σ exp of a sequence of numbers.
type logSum struct{ highest, sum float64 }

func (l *logSum) add(v float64) {
	if v > l.highest {
		l.sum *= math.Exp(l.highest - v)
		l.highest = v
	}
	l.sum += math.Exp(v - l.highest)
}

func (l *logSum) value() float64 { return l.highest + math.Log(l.sum) }

func logAdd(a, b float64) float64 {
	high, low := max(a, b), min(a, b)
	return high + math.Log1p(math.Exp(low-high))
}
