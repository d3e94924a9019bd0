package cpu

import (
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/kernel"
)

// filter is the weights of a convolution or a fully connected layer, as a
// matrix of depth rows and out columns, and the three products with them. A row
// of the input matrix is the window of an output location. All products take
// consecutive images, or rows of them, as slices that start with the first.
type filter[E kernel.Elem] struct {
	geometry
	pad    *padding[E] // nil: none
	weight *variable
	bias   *variable // nil: none
	trains bool      // weight and bias are trained
	op     int       // on the clock
	sums   sumShape  // of the gradient of the weights
	sumAt  int       // where these start among the sums of a chain

	offs   []int32 // starts of the windows of some images
	depthK int     // depth rounded up as packed
	forw   packed[E]
	back   packed[E]
}

// packed is a copy of the weights as the kernels want them.
type packed[E kernel.Elem] struct {
	panels  []E
	version int // of the variable; −1: never packed
}

// newFilter returns the filter of a Conv2D or Linear operation.
func (pl *planner[E]) newFilter(op graph.Op) *filter[E] {
	f := &filter[E]{weight: pl.vars[op.Vars[0]], trains: pl.flow.Var[op.Vars[0]]}
	in, out := pl.p.Values[op.In[0]].Shape, pl.p.Values[op.Out[0]].Shape
	if a, ok := op.Attr.(graph.Conv2D); ok {
		f.geometry = convGeometry(in, out, a)
		if a.Pad > 0 {
			f.pad = newPadding[E](in, a)
		}
	} else {
		f.geometry = linearGeometry(in, out)
	}
	if len(op.Vars) > 1 {
		f.bias = pl.vars[op.Vars[1]]
	}
	f.sums = f.sumShape()
	f.depthK = pl.e.k.RoundK(f.depth())
	f.offs = f.offsets(min(f.n, max(chainImages, (pl.e.k.Depth+f.locations()-1)/f.locations()+1)))
	f.forw.version, f.back.version = -1, -1
	return f
}

// source is the input of images [lo, lo+images), padded if need be.
func (f *filter[E]) source(x []E, lo, images int) []E {
	if f.pad == nil {
		return x
	}
	return f.pad.apply(x, lo, images)
}

// rowBlock is how many rows of depth elements one product takes, so that they stay in L2:
// no fewer than are worth all weights that come from memory for them.
func (e *exec[E]) rowBlock(depth int) int {
	const least, tile, row = 96, 32, 1 << 10
	most := e.set.Block / row
	if b := e.k.KBlock; b > 0 {
		depth = min(depth, b)
	}
	fit := e.set.Block / (depth * size[E]())
	return max(least, min(most, fit/tile*tile))
}

// rows returns m rows of the input matrix from row r, depthK long, and their stride.
func (f *filter[E]) rows(e *exec[E], s *scratch[E], x []E, r, m int) (a []E, lda int) {
	lda = stride(&e.k, f.depthK)
	if f.pointwise() && lda == f.c {
		return x[r*f.c:], f.c
	}
	a = grow(&s.rows, m*lda)
	f.gather(e, a, lda, x, r, m)
	return a, lda
}

// stride is the distance between rows of k elements that a product reads side
// by side: one cache line more if they would compete for the same sets of the
// L1 cache. In AVX2, 192 × 1024 × 32: 38 GFLOP/s without, 95 with it.
func stride[E kernel.Elem](p *kernel.Products[E], k int) int {
	const line = 64
	if p.Clash > 0 && k*size[E]()%p.Clash == 0 {
		return k + line/size[E]()
	}
	return k
}

// gather writes rows [r, r+m) of the input matrix to dst, ld apart, with zeros
// after their depth.
func (f *filter[E]) gather(e *exec[E], dst []E, ld int, x []E, r, m int) {
	for m > 0 {
		img := r / f.locations()
		off := f.offs[r-img*f.locations():]
		off = off[:min(m, len(off))]
		e.k.GatherRows(dst, ld, x[img*f.image():], off, f.k, f.run(), f.w*f.c)
		dst = dst[len(off)*ld:]
		r, m = r+len(off), m-len(off)
	}
}

// span is some panels: from the first to before the end.
type span struct{ first, end int }

// cut is the i-th of some parts of panels.
func cut(panels, i, parts int) span { return span{i * panels / parts, (i + 1) * panels / parts} }

// all is every panel of the output.
func (f *filter[E]) all() span { return span{0, kernel.Panels(f.out)} }

// multiply sets columns of m rows of dst to the product of the rows a with the
// weights, plus bias and e; e is the epilogue of all columns.
func (f *filter[E]) multiply(
	x *exec[E], s *scratch[E], dst, a []E, lda, m int, c span, e kernel.Epilogue[E],
) {
	j := c.first * kernel.PanelCols
	n := min(c.end*kernel.PanelCols, f.out) - j
	if f.bias != nil {
		e.Bias = f.bias.w
	}
	size := x.k.PanelLen(f.depth())
	b := f.forw.panels[c.first*size : c.end*size]
	x.k.GemmStore(dst[j:], f.out, a, lda, b, m, f.depthK, n, e.From(j), grow(&s.store, kernel.StoreScratch))
}

// packForward refreshes the packed weights: depth × out.
func (f *filter[E]) packForward(e *exec[E]) {
	if f.forw.version == f.weight.version {
		return
	}
	f.forw.version = f.weight.version
	panels, size := kernel.Panels(f.out), e.k.PanelLen(f.depth())
	if f.forw.panels == nil {
		f.forw.panels = make([]E, panels*size)
	}
	e.pool.For(panels, func(_, q int) {
		j := q * kernel.PanelCols
		n := min(kernel.PanelCols, f.out-j)
		e.k.PackF32(f.forw.panels[q*size:(q+1)*size], f.weight.w[j:], f.out, f.depth(), n)
	})
}

// packBackward refreshes the packed transpose: for each row of the window, out × run.
func (f *filter[E]) packBackward(e *exec[E]) {
	if f.back.version == f.weight.version {
		return
	}
	f.back.version = f.weight.version
	per, size := kernel.Panels(f.run()), e.k.PanelLen(f.out)
	if f.back.panels == nil {
		f.back.panels = make([]E, f.k*per*size)
	}
	e.pool.For(f.k*per, func(_, q int) {
		j := q % per * kernel.PanelCols
		row := q/per*f.run() + j // first row of the weights
		n := min(kernel.PanelCols, f.run()-j)
		e.k.PackF32Transposed(f.back.panels[q*size:(q+1)*size], f.weight.w[row*f.out:], f.out, n, f.out)
	})
}
