package cpu

import (
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/kernel"
)

// conv is a convolution or a fully connected layer with what follows it, in one
// of two forms:
//
//	y = relu(conv(x) + bias)        y = conv(x) + bias + skip
//
// Forward gathers blocks of rows (output locations) into contiguous memory
// where they are not already, and multiplies them by packed weights. The two
// products of backward stand in conv_data.go and conv_weights.go.
type conv[E kernel.Elem] struct {
	geometry
	pad     *padding[E] // nil: none
	x, skip edge
	y       int
	hasSkip bool
	relu    bool
	weight  *variable
	bias    *variable // may be nil
	trains  bool      // weight and bias are trained

	offs   []int32 // window offsets of one tile
	depthK int     // depth rounded up as packed
	forw   packed[E]
	back   packed[E]
	parts  weightParts
}

// packed is a copy of the weights as the kernels want them.
type packed[E kernel.Elem] struct {
	panels  []E
	version int // of the variable; −1: never packed
}

// maxRows bounds the block of rows that one product takes: its gathered rows
// and its result stay in L2.
const maxRows = 128

// newConv lowers a Conv2D or Linear operation; y is the result of last, the
// operation itself or the one fused into it.
func (pl *planner[E]) newConv(op, last graph.Op) *conv[E] {
	c := &conv[E]{x: pl.edge(op, 0), y: pl.newBuffer(last, 0)}
	in, out := pl.p.Values[op.In[0]].Shape, pl.p.Values[op.Out[0]].Shape
	if a, ok := op.Attr.(graph.Conv2D); ok {
		c.geometry = convGeometry(in, out, a)
		if a.Pad > 0 {
			c.pad = newPadding[E](in, a)
		}
	} else {
		c.geometry = linearGeometry(in, out)
	}
	c.weight = pl.vars[op.Vars[0]]
	c.trains = pl.flow.Var[op.Vars[0]]
	if len(op.Vars) > 1 {
		c.bias = pl.vars[op.Vars[1]]
	}
	c.depthK = pl.e.k.RoundK(c.depth())
	c.offs = c.offsets(max(c.tile(maxRows), c.tile(weightRows)))
	c.forw.version, c.back.version = -1, -1
	if c.trains {
		c.parts = newWeightParts(c.geometry, c.bias != nil)
	}
	return c
}

func (c *conv[E]) inputs() []*edge {
	if c.hasSkip {
		return []*edge{&c.skip, &c.x}
	}
	return []*edge{&c.x}
}

func (c *conv[E]) values() []int { return []int{c.y} }

func (c *conv[E]) forward(e *exec[E], _ bool) {
	c.packForward(e)
	x := c.source(e)
	tile := c.tile(maxRows)
	tiles := (c.n + tile - 1) / tile
	// Few tiles: also cut the columns, so that every worker has something to do.
	groups := min(kernel.Panels(c.out), (minUnits+tiles-1)/tiles)
	e.pool.For(tiles*groups, func(worker, i int) {
		lo := i / groups * tile
		c.forwardTile(e, &e.scratch[worker], x, lo, min(lo+tile, c.n), i%groups, groups)
	})
}

// minUnits is the number of units of work below which a loop is cut finer.
const minUnits = 16

// forwardTile computes images [lo, hi) for every groups-th panel of columns.
func (c *conv[E]) forwardTile(e *exec[E], s *scratch[E], x []E, lo, hi, group, groups int) {
	first, end := lo*c.locations(), hi*c.locations()
	block := c.block()
	for r := first; r < end; r += block {
		m := min(block, end-r)
		a, lda := c.rows(s, x, r, m)
		for q := group; q < kernel.Panels(c.out); q += groups {
			prod := grow(&s.prod, m*kernel.PanelCols)
			b := c.forw.panels[q*c.depthK*kernel.PanelCols:][:c.depthK*kernel.PanelCols]
			e.k.Gemm(prod, kernel.PanelCols, a, lda, b, m, c.depthK, false)
			c.store(e, prod, r, m, q*kernel.PanelCols)
		}
	}
}

// block is the number of rows of one product: at most maxRows, fewer when the
// reduction is long, a multiple of 8.
func (c *conv[E]) block() int {
	const gathered = 1 << 17 // elements
	return max(16, min(maxRows, gathered/c.depthK/8*8))
}

// store ends a product of rows [r, r+m) and columns from j.
func (c *conv[E]) store(e *exec[E], prod []float32, r, m, j int) {
	y := e.bufs[c.y].x[r*c.out:]
	n := min(kernel.PanelCols, c.out-j)
	ep := kernel.Epilogue[E]{ReLU: c.relu}
	if c.bias != nil {
		ep.Bias = c.bias.w[j : j+n]
	}
	if !c.hasSkip {
		e.k.Store(y[j:], c.out, prod, kernel.PanelCols, m, n, ep)
		return
	}
	// The skip may have fewer channels: the rest of its row is zero.
	skip := &e.bufs[c.skip.buf]
	with := max(0, min(n, c.skip.cols-j))
	if with > 0 {
		ep.Add, ep.LdAdd = skip.x[r*c.skip.cols+j:], c.skip.cols
		e.k.Store(y[j:], c.out, prod, kernel.PanelCols, m, with, ep)
	}
	if with < n {
		ep.Add = nil
		if c.bias != nil {
			ep.Bias = ep.Bias[with:]
		}
		e.k.Store(y[j+with:], c.out, prod[with:], kernel.PanelCols, m, n-with, ep)
	}
}

// source is the input, padded if need be.
func (c *conv[E]) source(e *exec[E]) []E {
	if c.pad != nil {
		return c.pad.apply(e, e.bufs[c.x.buf].x)
	}
	return e.bufs[c.x.buf].x
}

// rows returns m rows of the input matrix from row r, depthK long, and their stride.
func (c *conv[E]) rows(s *scratch[E], x []E, r, m int) (a []E, lda int) {
	if c.pointwise() && c.depthK == c.c {
		return x[r*c.c:], c.c
	}
	a = grow(&s.rows, m*c.depthK)
	c.gather(a, c.depthK, x, r, m)
	return a, c.depthK
}

// gather writes rows [r, r+m) of the input matrix to dst, ld apart, zeros
// behind their depth.
func (c *conv[E]) gather(dst []E, ld int, x []E, r, m int) {
	per := c.locations()
	run, step := c.run(), c.w*c.c
	for i := range m {
		img, loc := (r+i)/per, (r+i)%per
		src := x[img*c.image()+int(c.offs[loc]):]
		row := dst[i*ld : (i+1)*ld]
		for y := range c.k {
			copy(row[y*run:(y+1)*run], src[y*step:])
		}
		clear(row[c.depth():])
	}
}

// packForward refreshes the packed weights: depth × out.
func (c *conv[E]) packForward(e *exec[E]) {
	if c.forw.version == c.weight.version {
		return
	}
	c.forw.version = c.weight.version
	panels := kernel.Panels(c.out)
	if c.forw.panels == nil {
		c.forw.panels = make([]E, e.k.PackedLen(c.depth(), c.out))
	}
	size := e.k.PanelLen(c.depth())
	e.pool.For(panels, func(_, q int) {
		j := q * kernel.PanelCols
		e.k.PackF32(c.forw.panels[q*size:(q+1)*size], c.weight.w[j:], c.out, c.depth(), min(kernel.PanelCols, c.out-j))
	})
}
