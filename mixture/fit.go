package mixture

import (
	"context"
	"math"

	"github.com/amdim/amdim/feature"
	"github.com/amdim/amdim/internal/kernel"
	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/optim"
)

// fit moves the components of one image to where they best predict its own locations:
// the training objective, (1/τ)·log Σ_j π_j·exp(τ·s_nce) less the penalty, with
// all else frozen. The π_j are the shares of locations that the components take, as
// in expectation maximisation; in training they are equal. It is ours: m_k knows
// the image only through f1, and gives every image the same number of components.
type fit struct {
	*claims
	lambda  float64
	least   float64 // share below which a component fades out; 0: shares stay alike
	pool    *parallel.Pool
	product *kernel.Products[float32]

	locations, rows int       // of which rows − locations are negatives
	across          []float32 // rows packed as columns: of the scores
	down            []float32 // rows packed as rows: of the gradient
	scores          []float32 // (k, width): raw; then the gradient with respect to them
	width           int       // rows, rounded up to whole panels
	nce             []float64 // (k, locations): s_nce
	q               []float64 // (k, locations)
	gradient        []float32 // (k, r), rounded up to whole panels
}

const (
	fitLocations = 1024 // of an image, evenly spaced, to which its components are fitted
	fitRate      = 0.03 // of Adam, for components that BatchNorm has scaled to size 1
	fitBlock     = 64   // locations that a worker takes at a time
)

func newFit(
	c *claims, locations []float32, n negatives, lambda, least float64, pool *parallel.Pool,
) (*fit, error) {
	set, err := kernel.ByName("")
	if err != nil {
		return nil, err
	}
	all := append(locations[:len(locations):len(locations)], n.X...)
	f := &fit{claims: c, lambda: lambda, least: least, pool: pool, product: &set.F32}
	f.locations, f.rows = len(locations)/c.dim, len(all)/c.dim
	f.width = kernel.Panels(f.rows) * kernel.PanelCols
	f.across = make([]float32, f.product.PackedLen(c.dim, f.rows))
	f.product.PackF32Transposed(f.across, all, c.dim, f.rows, c.dim)
	f.down = make([]float32, f.product.PackedLen(f.rows, c.dim))
	f.product.PackF32(f.down, all, c.dim, f.rows, c.dim)
	f.scores = make([]float32, c.k*f.width)
	f.nce, f.q = make([]float64, c.k*f.locations), make([]float64, c.k*f.locations)
	f.gradient = make([]float32, c.k*f.padded())
	return f, nil
}

// padded is r, rounded up to whole panels.
func (f *fit) padded() int { return kernel.Panels(f.dim) * kernel.PanelCols }

// run makes the given number of updates of the components, or fewer if ctx is done.
func (f *fit) run(ctx context.Context, updates int) error {
	adam := optim.Adam{Beta1: 0.8, Beta2: 0.99, Eps: 1e-8}
	m, v := make([]float32, f.k*f.dim), make([]float32, f.k*f.dim)
	g := make([]float32, f.k*f.dim)
	for t := range updates {
		if err := ctx.Err(); err != nil {
			return err
		}
		f.differentiate()
		for j := range f.k {
			copy(g[j*f.dim:(j+1)*f.dim], f.gradient[j*f.padded():])
		}
		optim.Update(adam, f.components, m, v, g, fitRate/math.Sqrt(float64(f.dim)), t+1)
	}
	return nil
}

// differentiate sets gradient to that of the loss with respect to the
// components, which are divided by √r.
func (f *fit) differentiate() {
	f.multiply(f.scores, f.width, f.components, f.dim, f.across, f.dim)
	z := make([]float64, f.k)
	f.pool.For(f.k, func(_, j int) { z[j] = f.compare(j) })
	f.pool.For((f.locations+fitBlock-1)/fitBlock, func(_, i int) {
		f.choose(i*fitBlock, min(f.locations, (i+1)*fitBlock))
	})
	f.pool.For(f.k, func(_, j int) { f.pull(j, z[j]) })
	f.reweigh()
	f.multiply(f.gradient, f.padded(), f.scores, f.width, f.down, f.rows)
}

// multiply sets c (k, ldc) to a (k, inner) times a packed matrix.
func (f *fit) multiply(c []float32, ldc int, a []float32, lda int, b []float32, inner int) {
	length := f.product.PanelLen(inner)
	f.pool.For(len(b)/length, func(_, p int) {
		f.product.Gemm(c[p*kernel.PanelCols:], ldc, a, lda, b[p*length:(p+1)*length], f.k, inner, false)
	})
}

// compare sets s_nce of component j for all locations, and returns log Σ exp of its
// scores with the negatives.
func (f *fit) compare(j int) float64 {
	s := f.scores[j*f.width:][:f.rows]
	sum := logSum{highest: math.Inf(-1)}
	for _, v := range s[f.locations:] {
		sum.add(f.clipped(float64(v)))
	}
	z := sum.value()
	for i, v := range s[:f.locations] {
		c := f.clipped(float64(v))
		f.nce[j*f.locations+i] = c - logAdd(c, z)
	}
	return z
}

// choose sets q for some locations.
func (f *fit) choose(from, to int) {
	q := make([]float64, f.k)
	for i := from; i < to; i++ {
		for j := range q {
			q[j] = f.prior[j] + f.tau*f.nce[j*f.locations+i]
		}
		feature.Softmax(q)
		for j, v := range q {
			f.q[j*f.locations+i] = v
		}
	}
}

// pull replaces the scores of component j by the gradient of the loss with
// respect to them: locations that chose it pull, negatives push just as hard.
func (f *fit) pull(j int, z float64) {
	s, q, nce := f.scores[j*f.width:][:f.rows], f.q[j*f.locations:], f.nce[j*f.locations:]
	pulled := 0.0
	for i, v := range s {
		c, pull := f.clipped(float64(v)), 0.0
		if i < f.locations {
			pull = q[i] * -math.Expm1(nce[i]) / float64(f.locations)
			pulled += pull
		} else {
			pull = -pulled * math.Exp(c-z)
		}
		if f.clip > 0 {
			pull *= 1 - c/f.clip*c/f.clip
		}
		s[i] = float32(2*f.lambda*float64(v)/float64(f.rows*f.k) - pull)
	}
}

// reweigh sets the components' shares in proportion to the shares of locations that
// they take beyond least; one that takes less fades out.
func (f *fit) reweigh() {
	if f.least == 0 {
		return
	}
	shares, total := make([]float64, f.k), 0.0
	for j := range shares {
		share := 0.0
		for _, v := range f.q[j*f.locations:][:f.locations] {
			share += v / float64(f.locations)
		}
		shares[j] = max(0, share-f.least)
		total += shares[j]
	}
	if total == 0 { // none takes enough: they stay
		return
	}
	for j, share := range shares {
		f.prior[j] = math.Log(share / total)
	}
}
