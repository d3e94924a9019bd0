package model

import (
	"fmt"

	"github.com/amdim/amdim/graph"
)

// head is φ_d of PAPER 3.3 on the features f_d (n, d, d, c): per location, a
// residual layer to r channels whose skip is a 1×1 convolution that starts near
// the identity, then BatchNorm. φ_1 is the identity and has no head.
func (n network) head(scale int, f graph.ValueID) graph.ValueID {
	name := fmt.Sprintf("phi%d", scale)
	conv := graph.Conv2D{Out: n.NRKHS, K: 1, Stride: 1}
	h := n.hidden(name, n.Conv2D(name+".conv1", f, conv, graph.FanIn()))
	branch := n.Conv2D(name+".conv2", h, conv, graph.Zeros())
	skip := n.Conv2D(name+".shortcut", f,
		graph.Conv2D{Out: n.NRKHS, K: 1, Stride: 1, Bias: true}, graph.Shortcut(0.01))
	return n.BatchNorm(name+".bn", n.Add(name+".add", branch, skip), n.norm)
}

// embeddings are φ_d by scale d for the scales that are wanted.
func (n network) embeddings(f map[int]graph.ValueID, want func(scale int) bool) map[int]graph.ValueID {
	phi := map[int]graph.ValueID{1: f[1]}
	for _, d := range scales[1:] {
		if want(d) {
			phi[d] = n.head(d, f[d])
		}
	}
	return phi
}

// vector reshapes f1 (n, 1, 1, r) to (n, r): the representation that is evaluated.
func (n network) vector(f1 graph.ValueID) graph.ValueID { return n.Reshape("f1", f1, n.NRKHS) }
