package segment

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/internal/rng"
)

// blobs are n rows around k far centres in turn.
func blobs(n, dim, k int) []float32 {
	s := rng.New(7, 0, 0, rng.Sample)
	centre := make([]float64, k*dim)
	for i := range centre {
		centre[i] = 20 * s.Normal()
	}
	x := make([]float32, n*dim)
	for i := range x {
		x[i] = float32(centre[i/dim%k*dim+i%dim] + s.Normal())
	}
	return x
}

func TestKMeansFindsBlobs(t *testing.T) {
	const n, dim, k = 700, 5, 4
	got, err := KMeans{K: k, Seed: 1}.Cluster(blobs(n, dim, k), n, dim)
	if err != nil {
		t.Fatal(err)
	}
	truth := mapOf(n, 1, func(x, _ int) int { return x % k })
	if ari := mustTable(t, Map{W: n, H: 1, Label: got.Label}, truth).AdjustedRand(); ari != 1 {
		t.Errorf("adjusted Rand %v", ari)
	}
	if perValue := got.Inertia / (n * dim); !near(perValue, 1, 0.1) { // the blobs' variance
		t.Errorf("inertia %v a value", perValue)
	}
}

// Lloyd's fixed point: labels are the nearest centre's, centres the means of their rows.
func TestKMeansEndsAtAFixedPoint(t *testing.T) {
	const n, dim, k = 300, 3, 6
	s := rng.New(9, 0, 0, rng.Sample)
	x := make([]float32, n*dim)
	for i := range x {
		x[i] = float32(s.Normal())
	}
	got, err := KMeans{K: k, Restarts: 2, Iterations: 1000}.Cluster(x, n, dim)
	if err != nil {
		t.Fatal(err)
	}
	mean, count := make([]float64, k*dim), make([]float64, k)
	var inertia float64
	for i, l := range got.Label {
		best, nearest := math.Inf(1), int32(-1)
		for j := range int32(k) {
			var d float64
			for c := range dim {
				d += math.Pow(float64(x[i*dim+c]-got.Centre[int(j)*dim+c]), 2)
			}
			if d < best {
				best, nearest = d, j
			}
		}
		if nearest != l {
			t.Fatalf("row %d has label %d, nearest is %d", i, l, nearest)
		}
		inertia += best
		count[l]++
		for c := range dim {
			mean[int(l)*dim+c] += float64(x[i*dim+c])
		}
	}
	for i, m := range mean {
		if !near(m/count[i/dim], float64(got.Centre[i]), 1e-6) {
			t.Fatalf("centre %d is no mean", i/dim)
		}
	}
	if !near(inertia, got.Inertia, 1e-4) {
		t.Errorf("inertia %v, want %v", got.Inertia, inertia)
	}
}

func TestKMeansDoesNotDependOnThreads(t *testing.T) {
	const n, dim = 3001, 7
	x := blobs(n, dim, 40)
	want, err := KMeans{K: 9, Seed: 3, Restarts: 2, Threads: 1}.Cluster(x, n, dim)
	if err != nil {
		t.Fatal(err)
	}
	for _, threads := range []int{2, 3, 16} {
		got, err := KMeans{K: 9, Seed: 3, Restarts: 2, Threads: threads}.Cluster(x, n, dim)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.Label, want.Label) || !slices.Equal(got.Centre, want.Centre) ||
			got.Inertia != want.Inertia {
			t.Errorf("%d threads give other clusters", threads)
		}
	}
}

func TestMoreRestartsAreNoWorse(t *testing.T) {
	const n, dim = 400, 2
	x := blobs(n, dim, 30)
	last := math.Inf(1)
	for _, restarts := range []int{1, 2, 4, 8} {
		c, err := KMeans{K: 12, Restarts: restarts}.Cluster(x, n, dim)
		if err != nil {
			t.Fatal(err)
		}
		if c.Inertia > last {
			t.Errorf("%d restarts: inertia %v after %v", restarts, c.Inertia, last)
		}
		last = c.Inertia
	}
}

func TestFewerDistinctRowsThanClusters(t *testing.T) {
	for _, c := range []struct {
		x        []float32
		n, dim   int
		distinct int
	}{
		{[]float32{1, 2, 1, 2, 1, 2}, 3, 2, 1},
		{[]float32{5, 5, 0, 5, 0, 0, 5}, 7, 1, 2},
		{[]float32{3}, 1, 1, 1},
		{[]float32{0, 1, 2, 3}, 4, 1, 4},
		{[]float32{3e38, -3e38, 3e38}, 3, 1, 2}, // distances overflow
	} {
		got, err := KMeans{K: 8}.Cluster(c.x, c.n, c.dim)
		if err != nil {
			t.Fatal(err)
		}
		if k := len(got.Centre) / c.dim; k != c.distinct && c.x[0] < 1e38 || k > 8 || len(got.Label) != c.n {
			t.Errorf("%v: %d centres, want %d", c.x, k, c.distinct)
		}
		if got.Inertia != 0 && c.x[0] < 1e38 {
			t.Errorf("%v: inertia %v", c.x, got.Inertia)
		}
	}
}

func TestRowsBetweenCentresGoToTheFirst(t *testing.T) {
	pool := parallel.New(1)
	defer pool.Close()
	l := newLloyd([]float32{0, 1, 2}, 3, 1, pool)
	l.centre = []float32{2, 0}
	l.assign()
	if !slices.Equal(l.label, []int32{1, 0, 0}) {
		t.Error(l.label)
	}
}

func TestKMeansNamesTheValueThatIsNotFinite(t *testing.T) {
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		_, err := KMeans{K: 2}.Cluster([]float32{0, 1, 2, float32(v)}, 2, 2)
		want := fmt.Sprintf("segment: k-means: value 1 of row 1 is %g", v)
		if err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
