package feature

import (
	"context"
	"fmt"
	"math"

	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/internal/rng"
)

// Clusters are groups of vectors that point in about the same direction.
type Clusters struct {
	K      int
	Label  []int32   // (n) of each vector its cluster, below K; a cluster may be empty
	Cosine []float32 // (n) of each vector with the mean of its cluster
}

// mostMoves bounds how often the means of Cluster move: after 50 times few vectors still
// change their cluster.
const mostMoves = 50

// Cluster divides the vectors into k groups by cosine: spherical k-means (Dhillon and
// Modha 2001, Machine Learning 42), begun as k-means++ (Arthur and Vassilvitskii 2007).
// The groups depend on seed, and not on the number of threads.
func (b *Base) Cluster(ctx context.Context, k int, seed uint64) (Clusters, error) {
	n := b.features.Len()
	if k < 1 || k > n {
		return Clusters{}, fmt.Errorf("feature: %d clusters of %d images", k, n)
	}
	s := &spherical{x: Features{Dim: b.features.Dim, X: unit(b.features, 0, n, b.moments)}, threads: b.threads}
	if err := s.begin(ctx, k, rng.New(seed, 0, 0, rng.Sample)); err != nil {
		return Clusters{}, fmt.Errorf("feature: clusters: %w", err)
	}
	label := make([]int32, n)
	for move := 0; ; move++ {
		near, err := s.nearest(ctx, s.mean)
		if err != nil {
			return Clusters{}, fmt.Errorf("feature: clusters: %w", err)
		}
		changed := move == 0
		for i, l := range near.Index {
			changed = changed || l != label[i]
			label[i] = l
		}
		if !changed || move == mostMoves {
			return Clusters{K: k, Label: label, Cosine: near.Cosine}, nil
		}
		s.move(label)
	}
}

// spherical is one run of spherical k-means.
type spherical struct {
	x       Features // unit vectors
	mean    Features // unit vectors, one for each cluster
	threads int
}

// nearest finds for each vector the nearest of some others.
func (s *spherical) nearest(ctx context.Context, others Features) (Neighbours, error) {
	b, err := NewBase(others, Moments{}, s.threads)
	if err != nil {
		return Neighbours{}, err
	}
	return b.Nearest(ctx, s.x, 1)
}

// begin draws k vectors as the first means, each with a probability that grows with the
// squared distance, 2 − 2·cosine, to the nearest of those before.
func (s *spherical) begin(ctx context.Context, k int, r rng.Stream) error {
	s.mean = Features{Dim: s.x.Dim}
	far := make([]float64, s.x.Len())
	for i := range far {
		far[i] = 1
	}
	for next := range k {
		i := rng.Weighted(&r, far)
		if i < 0 { // each vector is one of the means
			i = len(far) - 1
		}
		drawn := Features{Dim: s.x.Dim, X: s.x.Row(i)}
		s.mean.X = append(s.mean.X, drawn.X...)
		near, err := s.nearest(ctx, drawn)
		if err != nil {
			return err
		}
		for i, cosine := range near.Cosine {
			d := max(0, 1-float64(cosine))
			if next > 0 {
				d = min(d, far[i])
			}
			far[i] = d
		}
	}
	return nil
}

// move makes each mean that of its cluster; one of an empty cluster stays where it is.
func (s *spherical) move(label []int32) {
	members := ByClass(label, s.mean.Len())
	pool := parallel.NewFor(len(members), s.threads)
	defer pool.Close()
	pool.For(len(members), func(_, k int) {
		sum, square := make([]float64, s.x.Dim), 0.0
		for _, i := range members[k] {
			for j, x := range s.x.Row(i) {
				sum[j] += float64(x)
			}
		}
		for _, x := range sum {
			square += x * x
		}
		if square == 0 {
			return
		}
		for j, x := range sum {
			s.mean.Row(k)[j] = float32(x / math.Sqrt(square))
		}
	})
}
