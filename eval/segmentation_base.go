package eval

import (
	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/mixture"
	"github.com/amdim/amdim/segment"
	"github.com/amdim/amdim/tensor"
)

// positionWeight is the weight of an image's longer side relative to a channel's
// range. With 1/4, 1/2, 1 and 2, 30 train images of BSDS500 cut into 6 have
// covering 0.437, 0.417, 0.411, 0.379 and VI 2.52, 2.47, 2.40, 2.52 bits.
const positionWeight = 0.5

// byColour returns n clusters by colour and position of the same locations.
func (s *Segmentation) byColour(of *mixture.Segmenter, img tensor.Image, n int) (segment.Grid, error) {
	g := of.Grid(img, s.Config.Segment)
	g.K, g.V = 5, make([]float32, g.H*g.W*5)
	small := tensor.NewImage(g.H, g.W)
	augment.Resize(small, img, new(augment.Scratch))
	side := float32(max(g.H, g.W))
	for i := range g.H * g.W {
		v := g.V[5*i : 5*i+5]
		for c := range 3 {
			v[c] = float32(small.Pix[3*i+c]) / 255
		}
		v[3], v[4] = positionWeight*float32(i/g.W)/side, positionWeight*float32(i%g.W)/side
	}
	return s.cluster(g, n)
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
