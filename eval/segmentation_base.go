package eval

import (
	"github.com/amdim/amdim/mixture"
	"github.com/amdim/amdim/segment"
	"github.com/amdim/amdim/tensor"
)

// byColour returns n clusters of the same locations by colour and position.
func (s *Segmentation) byColour(of *mixture.Segmenter, img tensor.Image, n int) (segment.Grid, error) {
	return s.cluster(colours(img, of.Grid(img, s.Config.Segment)), n)
}

// cluster replaces each cell's values by a one-hot vector of its cluster among n of
// k-means, which is cut like a mixture's probabilities.
func (s *Segmentation) cluster(g segment.Grid, n int) (segment.Grid, error) {
	k := segment.KMeans{K: n, Seed: s.Config.Seed, Restarts: 3, Iterations: 50, Threads: s.Threads}
	clusters, err := k.Cluster(g.V, g.H*g.W, g.K)
	if err != nil {
		return g, err
	}
	g.K, g.V = n, make([]float32, g.H*g.W*n)
	for i, l := range clusters.Label {
		g.V[i*n+int(l)] = 1
	}
	return g, nil
}

// one returns a single segment.
func one() segment.Grid { return segment.Grid{W: 1, H: 1, K: 1, V: []float32{1}, DX: 1, DY: 1} }
