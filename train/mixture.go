package train

import (
	"math"
	"slices"

	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/tensor"
)

// Mixture says how the locations of a task choose among the components of f1:
// PAPER 4.4, where q are a location's probabilities and q̄ their mean over the batch.
type Mixture struct {
	Entropy     float64   `json:"entropy"`      // mean H(q), nats: 0 all are sure, log k none is
	MeanEntropy float64   `json:"mean_entropy"` // H(q̄), nats: log k all components are used alike, 0 one is
	Information float64   `json:"information"`  // their difference, of component and location; about 0: collapse
	Usage       []float64 `json:"usage"`        // by component: share of locations for which it is the likeliest
	Several     float64   `json:"several"`      // share of images whose locations differ in the likeliest
}

// Largest is the largest share in Usage.
func (m Mixture) Largest() (share float64) {
	for _, u := range m.Usage {
		share = max(share, u)
	}
	return share
}

// Add adds weight times x.
func (m *Mixture) Add(x Mixture, weight float64) {
	m.Entropy += weight * x.Entropy
	m.MeanEntropy += weight * x.MeanEntropy
	m.Information += weight * x.Information
	m.Several += weight * x.Several
	for len(m.Usage) < len(x.Usage) {
		m.Usage = append(m.Usage, 0)
	}
	for j, u := range x.Usage {
		m.Usage[j] += weight * u
	}
}

// tallied is how many images a thread takes at a time: fixed, so that sums do not
// depend on the number of threads.
const tallied = 16

// mixtureOf describes q (n, …, k), a row for each image.
func mixtureOf(q tensor.Tensor, pool *parallel.Pool) Mixture {
	n, k := q.Shape[0], q.Shape[len(q.Shape)-1]
	size := len(q.F32) / n
	parts, sums := make([]Mixture, (n+tallied-1)/tallied), make([][]float64, (n+tallied-1)/tallied)
	pool.For(len(parts), func(_, i int) {
		lo, hi := i*tallied, min((i+1)*tallied, n)
		parts[i], sums[i] = tally(q.F32[lo*size:hi*size], size, k)
	})
	m, mean := Mixture{}, make([]float64, k)
	for i, part := range parts {
		m.Add(part, 1)
		for j, v := range sums[i] {
			mean[j] += v
		}
	}
	locations := float64(len(q.F32) / k)
	m.Entropy /= locations
	m.Several /= float64(n)
	for j := range k {
		mean[j] /= locations
		m.Usage[j] /= locations
	}
	m.MeanEntropy = entropy(mean)
	m.Information = m.MeanEntropy - m.Entropy
	return m
}

// tally sums over images, each with size numbers of q: the quantities whose means
// are Entropy, Usage and Several, and q itself.
func tally(q []float32, size, k int) (m Mixture, sum []float64) {
	m.Usage, sum = make([]float64, k), make([]float64, k)
	p := make([]float64, k)
	for image := range slices.Chunk(q, size) {
		first, several := -1, false
		for location := range slices.Chunk(image, k) {
			best := 0
			for j, v := range location {
				p[j] = float64(v)
				sum[j] += p[j]
				if p[j] > p[best] {
					best = j
				}
			}
			m.Entropy += entropy(p)
			m.Usage[best]++
			several = several || first >= 0 && best != first
			first = best
		}
		if several {
			m.Several++
		}
	}
	return m, sum
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
