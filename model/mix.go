package model

import (
	"fmt"
	"slices"

	"github.com/amdim/amdim/graph"
)

// Mix makes the antecedent f1 of some pairs a mixture of k components: PAPER 4.
// Its zero value is off.
type Mix struct {
	K     int     `json:"k"`               // components; 8 is a start, 0: no mixture
	Tau   float64 `json:"tau,omitempty"`   // τ: how sharply a location chooses among them; 0: 2
	Pairs []Pair  `json:"pairs,omitempty"` // tasks that use it; nil: 1→5 and 1→7, if present
	Beta  float64 `json:"beta,omitempty"`  // β: weight of H(q̄), a bonus for using all; ours, 0.01 to 0.1
	Hard  bool    `json:"hard,omitempty"`  // each location takes only its best component, as τ → ∞
}

// mostComponents bounds K: scores take k times the memory of a plain task's.
const mostComponents = 64

// MixPairs are the tasks whose antecedent is a mixture.
func (c Config) MixPairs() []Pair {
	switch {
	case c.Mix.K == 0:
		return nil
	case len(c.Mix.Pairs) > 0:
		return c.Mix.Pairs
	}
	var pairs []Pair
	for _, p := range []Pair{{1, 5}, {1, 7}} {
		if slices.Contains(c.Tasks(), p) {
			pairs = append(pairs, p)
		}
	}
	return pairs
}

// Temperature is τ. At 2, components specialise from the first epoch on and
// their maps are the best; at 1, they hardly do so within five (RESULTS.md).
func (m Mix) Temperature() float64 {
	if m.Tau == 0 {
		return 2
	}
	return m.Tau
}

// first is the key of the first setting beside K.
func (m Mix) first() string {
	switch {
	case m.Tau != 0:
		return "tau"
	case m.Beta != 0:
		return "beta"
	case m.Hard:
		return "hard"
	}
	return "pairs"
}

func (c Config) validateMix() error {
	m := c.Mix
	switch {
	case m.K < 0 || m.K > mostComponents:
		return fmt.Errorf("model: mix.k = %d, need 0 (no mixture) to %d components", m.K, mostComponents)
	case m.K == 1:
		return fmt.Errorf("model: mix.k = 1: a mixture of one segments nothing: need at least 2, or 0 for none")
	case m.K == 0 && (m.Tau != 0 || m.Beta != 0 || m.Hard || len(m.Pairs) > 0):
		return fmt.Errorf("model: mix.%s without a mixture: set model.mix.k (--mix-k), the number of its "+
			"components, such as 8", m.first())
	case !(m.Tau >= 0):
		return fmt.Errorf("model: mix.tau = %v, need more than 0 (0: the default, 2)", m.Tau)
	case !(m.Beta >= 0):
		return fmt.Errorf("model: mix.beta = %v, need at least 0", m.Beta)
	case m.Hard && m.Beta > 0:
		return fmt.Errorf("model: mix.beta = %v with mix.hard: a hard choice passes no gradient", m.Beta)
	case m.Hard && m.Tau > 0:
		return fmt.Errorf("model: mix.tau = %v with mix.hard: a hard choice has no temperature", m.Tau)
	case m.K > 0 && len(c.MixPairs()) == 0:
		return fmt.Errorf("model: mix.k = %d, but none of pairs %v is 1-5 or 1-7: set mix.pairs", m.K, c.Tasks())
	}
	for i, p := range m.Pairs {
		switch {
		case p.From != 1:
			return fmt.Errorf("model: mix.pairs: %v: components are made of f1, need a pair from scale 1", p)
		case !slices.Contains(c.Tasks(), p):
			return fmt.Errorf("model: mix.pairs: %v is none of the pairs %v", p, c.Tasks())
		case slices.Contains(m.Pairs[:i], p):
			return fmt.Errorf("model: mix.pairs: %v twice", p)
		}
	}
	return nil
}

// mixture is m_k of PAPER 4.4 on f1 (n, r): k components (n, k, r), each the sum
// of f1 and its own branch from one hidden layer. The branches start small, so
// the components start near f1, but not at zero: equal ones would stay equal.
func (n network) mixture(f1 graph.ValueID) graph.ValueID {
	r, k := n.NRKHS, n.Mix.K
	h := n.Linear("mix.fc1", f1, graph.Linear{Out: r, Bias: true}, graph.FanIn())
	h = n.ReLU("mix.relu", h)
	h = n.LinearFrom("mix.fc2", h, graph.Linear{Out: k * r, Bias: true}, graph.Normal(0.1), graph.Zeros())
	mix := n.Add("mix.add", n.Reshape("mix.components", h, k, r), f1)
	n.Check(mix, graph.Any, k, r)
	return mix
}

// contrast adds the loss of a pair and its outputs; mix are the components, for a
// pair that uses them.
func (n network) contrast(p Pair, antecedent, mix, consequent graph.ValueID) {
	name := p.String()
	var loss, penalty, clipped graph.ValueID
	if slices.Contains(n.MixPairs(), p) {
		m := n.MixtureNCE("nce."+name, mix, consequent,
			graph.MixtureNCE{Clip: n.TClip, Tau: n.Mix.Temperature(), Hard: n.Mix.Hard})
		loss, penalty, clipped = m.Loss, m.Penalty, m.Clipped
		if n.Mix.Beta > 0 {
			n.Loss(m.Usage, -n.Mix.Beta)
		}
		n.Output("q."+name, m.Q)
	} else {
		loss, penalty, clipped = n.NCE("nce."+name, antecedent, consequent, n.TClip)
	}
	n.Loss(loss, 1)
	n.Loss(penalty, n.Lambda)
	n.Output("nce."+name, loss)
	n.Output("penalty."+name, penalty)
	n.Output("clipped."+name, clipped)
}
