package feature

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/amdim/amdim/internal/rng"
)

// bundles are vectors of lengths from 1 to longest around k directions, in turns.
func bundles(n, dim, k int, longest float64) Features {
	r := rng.New(3, 0, 0, rng.Sample)
	direction := make([]float32, k*dim)
	for i := range direction {
		direction[i] = float32(r.Normal())
	}
	f := Features{Dim: dim}
	for i := range n {
		length := r.Uniform(1, longest)
		for j := range dim {
			f.X = append(f.X, float32(length*(float64(direction[i%k*dim+j])+0.05*r.Normal())))
		}
	}
	return f
}

func cluster(t *testing.T, f Features, m Moments, k, threads int) Clusters {
	t.Helper()
	b, err := NewBase(f, m, threads)
	if err != nil {
		t.Fatal(err)
	}
	c, err := b.Cluster(context.Background(), k, 1)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestClustersAreBundles(t *testing.T) {
	const n, dim, k = 300, 9, 5
	for _, longest := range []float64{1, 20} {
		f := bundles(n, dim, k, longest)
		m := Moments{}
		if longest == 1 {
			m = MomentsOf(f)
		}
		c := cluster(t, f, m, k, 0)
		seen := map[int32]bool{}
		for i, l := range c.Label {
			if l != c.Label[i%k] {
				t.Fatalf("to %g: vector %d is in cluster %d, %d of its bundle in %d", longest, i, l, i%k, c.Label[i%k])
			}
			seen[l] = true
		}
		if len(seen) != k || c.K != k {
			t.Errorf("to %g: %d clusters, want %d", longest, len(seen), k)
		}
	}
}

// A vector's cosine is that with the mean of its cluster, and no other mean is nearer.
func TestClustersEqualTheirDefinition(t *testing.T) {
	f := bundles(200, 7, 11, 20)
	c := cluster(t, f, Moments{}, 4, 0)
	mean := make([][]float64, c.K)
	u := f.Unit()
	for k := range mean {
		mean[k] = make([]float64, f.Dim)
		for i, l := range c.Label {
			for j := range f.Dim {
				if int(l) == k {
					mean[k][j] += float64(u.Row(i)[j])
				}
			}
		}
	}
	cosine := func(i, k int) float64 {
		var dot, square float64
		for j, x := range mean[k] {
			dot += x * float64(u.Row(i)[j])
			square += x * x
		}
		return dot / math.Sqrt(square)
	}
	for i, l := range c.Label {
		own := cosine(i, int(l))
		if math.Abs(own-float64(c.Cosine[i])) > 1e-5 {
			t.Errorf("cosine of vector %d: %g, want %g", i, c.Cosine[i], own)
		}
		for k := range mean {
			if cosine(i, k) > own+1e-6 {
				t.Errorf("vector %d is in cluster %d (cosine %g), %d is nearer (%g)", i, l, own, k, cosine(i, k))
			}
		}
	}
}

func TestClustersDoNotDependOnThreads(t *testing.T) {
	f := bundles(500, 16, 3, 20)
	one, seven := cluster(t, f, Moments{}, 20, 1), cluster(t, f, Moments{}, 20, 7)
	if !slices.Equal(one.Label, seven.Label) || !slices.Equal(one.Cosine, seven.Cosine) {
		t.Error("one thread and seven give other clusters")
	}
}

func TestClustersOfEqualVectorsAndOfZeros(t *testing.T) {
	f := Features{Dim: 2, X: []float32{1, 2, 1, 2, 0, 0, 1, 2}}
	c := cluster(t, f, Moments{}, 4, 0)
	for i, want := range []float32{1, 1, 0, 1} {
		if math.Abs(float64(c.Cosine[i]-want)) > 1e-6 || c.Label[i] < 0 || c.Label[i] > 3 {
			t.Errorf("vector %d: cluster %d, cosine %g, want %g", i, c.Label[i], c.Cosine[i], want)
		}
	}
}

func TestClustersRefuse(t *testing.T) {
	b, err := NewBase(bundles(5, 3, 1, 2), Moments{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []int{0, 6} {
		if _, err := b.Cluster(context.Background(), k, 1); err == nil {
			t.Errorf("%d clusters of 5 vectors give no error", k)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := b.Cluster(ctx, 2, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that is done: %v", err)
	}
}
