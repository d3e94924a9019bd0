package feature

import (
	"context"
	"fmt"
	"math"
	"sync/atomic"

	"github.com/amdim/amdim/internal/disjoint"
	"github.com/amdim/amdim/internal/kernel"
	"github.com/amdim/amdim/internal/parallel"
)

// queryBlock rows of 512 numbers stay in L2 while the database streams past.
const queryBlock = 64

// Base is a database of vectors, packed once and queried many times,
// concurrently if need be. It holds a second copy of the vectors.
type Base struct {
	features Features
	moments  Moments
	threads  int
	product  *kernel.Products[float32]
	packed   []float32 // panels whose columns are the rows of features at length 1
}

// NewBase packs the vectors of f, standardised by m. f must not change afterwards.
// threads is how many do this and later queries; 0: one per core.
func NewBase(f Features, m Moments, threads int) (*Base, error) {
	set, err := kernel.ByName("")
	if err != nil {
		return nil, fmt.Errorf("feature: neighbours: %w", err)
	}
	b := &Base{features: f, moments: m, threads: threads, product: &set.F32}
	b.packed = make([]float32, b.product.PackedLen(f.Dim, f.Len()))
	pool := parallel.New(threads)
	defer pool.Close()
	pool.For(kernel.Panels(f.Len()), func(_, i int) {
		lo, hi := i*kernel.PanelCols, min((i+1)*kernel.PanelCols, f.Len())
		b.product.PackF32Transposed(b.panel(i), unit(f, lo, hi, m), f.Dim, hi-lo, f.Dim)
	})
	return b, nil
}

func (b *Base) panel(i int) []float32 {
	length := b.product.PanelLen(b.features.Dim)
	return b.packed[i*length : (i+1)*length]
}

// Nearest finds the k nearest vectors for each row of query, which is
// standardised in the same way. It uses a thread for each 64 rows.
func (b *Base) Nearest(ctx context.Context, query Features, k int) (Neighbours, error) {
	if f := b.features; f.Dim != query.Dim || k < 1 || k > f.Len() {
		return Neighbours{}, fmt.Errorf("feature: %d neighbours among %d images of %d dimensions for vectors of %d",
			k, f.Len(), f.Dim, query.Dim)
	}
	blocks := (query.Len() + queryBlock - 1) / queryBlock
	pool := parallel.NewFor(blocks, b.threads)
	defer pool.Close()
	n := Neighbours{K: k, Index: make([]int32, query.Len()*k), Cosine: make([]float32, query.Len()*k)}
	pool.For(blocks, func(_, i int) {
		if ctx.Err() != nil {
			return
		}
		lo, hi := i*queryBlock, min((i+1)*queryBlock, query.Len())
		lists := make([]nearest, hi-lo)
		for j := range lists {
			at := (lo + j) * k
			lists[j] = nearest{index: n.Index[at : at : at+k], score: n.Cosine[at : at : at+k]}
		}
		b.block(lists, unit(query, lo, hi, b.moments))
	})
	if err := ctx.Err(); err != nil {
		return Neighbours{}, fmt.Errorf("feature: neighbours: %w", err)
	}
	return n, nil
}

// block fills the lists of a block of unit queries.
func (b *Base) block(lists []nearest, queries []float32) {
	const cols = kernel.PanelCols
	dim := b.features.Dim
	scores := make([]float32, len(lists)*cols)
	for p := range kernel.Panels(b.features.Len()) {
		b.product.Gemm(scores, cols, queries, dim, b.panel(p), len(lists), dim, false)
		for i := range lists {
			for j := range min(cols, b.features.Len()-p*cols) {
				lists[i].offer(int32(p*cols+j), scores[i*cols+j])
			}
		}
	}
	for i := range lists {
		lists[i].sort()
	}
}

// Pair is two vectors of a Base, I before J, with their cosine.
type Pair struct {
	I, J   int32
	Cosine float32
}

// Pairs finds the pairs with a cosine of at least least, in order of I / 64, J /
// 32, I, J. More than limit are an error.
func (b *Base) Pairs(ctx context.Context, least float32, limit int) ([]Pair, error) {
	n := b.features.Len()
	found := make([][]Pair, (n+queryBlock-1)/queryBlock)
	pool := parallel.NewFor(len(found), b.threads)
	defer pool.Close()
	var total atomic.Int64
	pool.For(len(found), func(_, i int) {
		if ctx.Err() == nil && total.Load() <= int64(limit) {
			found[i] = b.pairsOf(i*queryBlock, least, limit)
			total.Add(int64(len(found[i])))
		}
	})
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("feature: pairs: %w", err)
	}
	if total.Load() > int64(limit) {
		return nil, fmt.Errorf("feature: more than %d pairs with a cosine of at least %g", limit, least)
	}
	all := make([]Pair, 0, total.Load())
	for _, pairs := range found {
		all = append(all, pairs...)
	}
	return all, nil
}

// Groups joins vectors with a cosine of at least least, each to some other of its group,
// and returns for each the first vector of its group.
func (b *Base) Groups(ctx context.Context, least float32) ([]int, error) {
	n := b.features.Len()
	blocks := (n + queryBlock - 1) / queryBlock
	pool := parallel.NewFor(blocks, b.threads)
	defer pool.Close()
	f := disjoint.NewShared(n)
	pool.For(blocks, func(_, i int) {
		if ctx.Err() != nil {
			return
		}
		for _, p := range b.pairsOf(i*queryBlock, least, math.MaxInt) {
			f.Join(p.I, p.J)
		}
	})
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("feature: groups: %w", err)
	}
	first := make([]int, n)
	for i := range first {
		first[i] = int(f.Root(int32(i)))
	}
	return first, nil
}

// pairsOf finds the pairs whose first vector is in the block that starts at lo,
// and stops once there are more than limit.
func (b *Base) pairsOf(lo int, least float32, limit int) []Pair {
	const cols = kernel.PanelCols
	dim, n := b.features.Dim, b.features.Len()
	hi := min(lo+queryBlock, n)
	queries := unit(b.features, lo, hi, b.moments)
	scores := make([]float32, (hi-lo)*cols)
	var pairs []Pair
	for p := lo / cols; p < kernel.Panels(n) && len(pairs) <= limit; p++ {
		b.product.Gemm(scores, cols, queries, dim, b.panel(p), hi-lo, dim, false)
		for i := lo; i < hi; i++ {
			row := scores[(i-lo)*cols:][:min(cols, n-p*cols)]
			for j, s := range row {
				if s >= least && p*cols+j > i {
					pairs = append(pairs, Pair{int32(i), int32(p*cols + j), s})
				}
			}
		}
	}
	return pairs
}

// unit returns the rows lo to hi of f, standardised and scaled to length 1; a
// row of zeros stays zero.
func unit(f Features, lo, hi int, m Moments) []float32 {
	u := make([]float32, (hi-lo)*f.Dim)
	for i := lo; i < hi; i++ {
		row := u[(i-lo)*f.Dim:][:f.Dim]
		m.Apply(row, f.Row(i))
		sum := 0.0
		for _, x := range row {
			sum += float64(x) * float64(x)
		}
		scale := float32(0)
		if sum > 0 {
			scale = float32(1 / math.Sqrt(sum))
		}
		for j := range row {
			row[j] *= scale
		}
	}
	return u
}
