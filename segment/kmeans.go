package segment

import (
	"fmt"
	"math"

	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/tensor"
)

// KMeans clusters rows: centres are initialised by k-means++ (Arthur and Vassilvitskii
// 2007, SODA) and moved by Lloyd's algorithm (1982), with several restarts.
type KMeans struct {
	K          int    // clusters, 1 or more
	Seed       uint64 // of the first centres
	Restarts   int    // of which the one with the lowest inertia is kept; 0: 10
	Iterations int    // at most, per restart; 0: 100
	Threads    int    // 0: all; the clusters do not depend on it
}

// Clusters assigns each row to the nearest of k centres.
type Clusters struct {
	Label   []int32   // (n)
	Centre  []float32 // (k, dim); fewer than K if there are fewer distinct rows
	Inertia float64   // sum of the squared distances of rows to their centres
}

// Cluster clusters x, (n, dim). It returns an error if a value is not finite.
func (c KMeans) Cluster(x []float32, n, dim int) (Clusters, error) {
	if c.K < 1 || n < 1 || dim < 1 || len(x) != n*dim {
		panic(fmt.Sprintf("segment: KMeans: %d clusters of %d values, need (%d, %d)", c.K, len(x), n, dim))
	}
	if i := tensor.NonFinite(x); i >= 0 {
		return Clusters{}, fmt.Errorf("segment: k-means: value %d of row %d is %g", i%dim, i/dim, x[i])
	}
	pool := parallel.New(c.Threads)
	defer pool.Close()
	l := newLloyd(x, n, dim, pool)
	best := Clusters{Inertia: math.Inf(1)}
	for restart := range orDefault(c.Restarts, 10) {
		l.begin(c.K, rng.New(c.Seed, 0, restart, rng.Sample))
		for range orDefault(c.Iterations, 100) {
			if !l.assign() {
				break
			}
			l.update()
		}
		l.assign()
		if inertia := l.inertia(); best.Label == nil || inertia < best.Inertia {
			best = Clusters{append([]int32{}, l.label...), append([]float32{}, l.centre...), inertia}
		}
	}
	return best, nil
}

func orDefault(n, standard int) int {
	if n < 1 {
		return standard
	}
	return n
}

// lloyd is one run. Sums are taken part by part, and the parts depend only on n.
type lloyd struct {
	x      []float32
	n, dim int
	pool   *parallel.Pool

	centre []float32   // (k, dim)
	label  []int32     // (n)
	near   []float32   // (n) squared distance to the nearest centre
	parts  []lloydPart // of rowsPerPart rows
}

type lloydPart struct {
	changed bool
	sum     []float64 // (k, dim) of the rows of each cluster
	count   []int     // (k)
}

const maxParts = 32 // more would keep more cores busy but take more memory for sums

func newLloyd(x []float32, n, dim int, pool *parallel.Pool) *lloyd {
	return &lloyd{
		x: x, n: n, dim: dim, pool: pool, label: make([]int32, n), near: make([]float32, n),
		parts: make([]lloydPart, min(maxParts, (n+255)/256)),
	}
}

func (l *lloyd) row(i int) []float32 { return l.x[i*l.dim : (i+1)*l.dim] }

// each calls body for the rows [from, to) of each part.
func (l *lloyd) each(body func(p *lloydPart, from, to int)) {
	size := (l.n + len(l.parts) - 1) / len(l.parts)
	l.pool.For(len(l.parts), func(_, i int) {
		body(&l.parts[i], min(l.n, i*size), min(l.n, (i+1)*size))
	})
}

// begin draws each centre from the rows, with probability proportional to the squared
// distance to the nearest centre so far. It stops when every row coincides with a centre.
func (l *lloyd) begin(k int, s rng.Stream) {
	for i := range l.near {
		l.near[i], l.label[i] = float32(math.Inf(1)), -1
	}
	l.centre = l.centre[:0]
	for next := s.IntN(l.n); next >= 0; next = rng.Weighted(&s, l.near) {
		c := l.row(next)
		l.centre = append(l.centre, c...)
		if len(l.centre) == k*l.dim {
			return
		}
		l.each(func(_ *lloydPart, from, to int) {
			for i := from; i < to; i++ {
				l.near[i] = min(l.near[i], distance(l.row(i), c))
			}
		})
	}
}

func (l *lloyd) inertia() float64 {
	var sum float64
	for _, d := range l.near {
		sum += float64(d)
	}
	return sum
}

// assign labels each row with its nearest centre, the first if there are
// several, and reports whether a label changed.
func (l *lloyd) assign() bool {
	l.each(func(p *lloydPart, from, to int) {
		p.changed = false
		for i := from; i < to; i++ {
			row, label, near := l.row(i), int32(0), float32(math.Inf(1))
			for j := range len(l.centre) / l.dim {
				if d := distance(row, l.centre[j*l.dim:(j+1)*l.dim]); d < near {
					label, near = int32(j), d
				}
			}
			p.changed = p.changed || label != l.label[i]
			l.label[i], l.near[i] = label, near
		}
	})
	for _, p := range l.parts {
		if p.changed {
			return true
		}
	}
	return false
}

// update moves each centre to the mean of its rows; one without rows stays put.
func (l *lloyd) update() {
	k := len(l.centre) / l.dim
	l.each(func(p *lloydPart, from, to int) {
		p.sum, p.count = make([]float64, k*l.dim), make([]int, k)
		for i := from; i < to; i++ {
			j := int(l.label[i])
			p.count[j]++
			sum := p.sum[j*l.dim : (j+1)*l.dim]
			for d, v := range l.row(i) {
				sum[d] += float64(v)
			}
		}
	})
	for j := range k {
		n := 0
		for _, p := range l.parts {
			n += p.count[j]
		}
		if n < 1 {
			continue
		}
		for d := j * l.dim; d < (j+1)*l.dim; d++ {
			var sum float64
			for _, p := range l.parts {
				sum += p.sum[d]
			}
			l.centre[d] = float32(sum / float64(n))
		}
	}
}

// distance is the squared distance; it is summed from differences, so that
// equal rows have distance 0.
func distance(x, y []float32) float32 {
	var s0, s1, s2, s3 float32 // four chains of additions
	y = y[:len(x)]
	for len(x) >= 4 {
		a, b, c, d := x[0]-y[0], x[1]-y[1], x[2]-y[2], x[3]-y[3]
		s0 += a * a
		s1 += b * b
		s2 += c * c
		s3 += d * d
		x, y = x[4:], y[4:]
	}
	for i, v := range x {
		d := v - y[i]
		s0 += d * d
	}
	return s0 + s1 + (s2 + s3)
}
