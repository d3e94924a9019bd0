package cpu

import (
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/kernel"
)

// conv is a convolution or a fully connected layer with what follows it, in one
// of two forms:
//
//	y = relu(conv(x) + bias)        y = conv(x) + bias + skip
type conv[E kernel.Elem] struct {
	*filter[E]
	x, skip edge
	y       int
	hasSkip bool
	inPlace bool // y takes the memory of skip
	relu    bool
}

// newConv lowers a Conv2D or Linear operation, without what follows it.
func (pl *planner[E]) newConv(op graph.Op) *conv[E] {
	return &conv[E]{filter: pl.newFilter(op), x: pl.edge(op, 0)}
}

func (c *conv[E]) inputs() []*edge {
	if c.hasSkip && !c.inPlace {
		return []*edge{&c.skip, &c.x}
	}
	return []*edge{&c.x}
}

func (c *conv[E]) values() []int         { return []int{c.y} }
func (c *conv[E]) filters() []*filter[E] { return []*filter[E]{c.filter} }
func (c *conv[E]) input() *edge          { return &c.x }
func (c *conv[E]) output() int           { return c.y }

// handsOver implements successor: the gradient of a skip of the same size is
// that of the sum, unless the convolution adds to it too.
func (c *conv[E]) handsOver() *edge {
	if c.hasSkip && !c.inPlace && c.skip.cols == c.out && c.skip.buf != c.x.buf {
		return &c.skip
	}
	return nil
}

func (c *conv[E]) forward(e *exec[E]) {
	c.packForward(e)
	x, y := e.bufs[c.x.buf].x, e.bufs[c.y].x
	if c.pad != nil {
		e.pool.For(c.n, func(_, n int) { c.source(x[n*len(x)/c.n:], n, 1) })
		x = c.pad.x
	}
	var skip []E
	if c.hasSkip {
		skip = e.bufs[c.skip.buf].x
	}
	rows, block := c.n*c.locations(), e.rowBlock(c.depthK)
	blocks := (rows + block - 1) / block
	// With few blocks, also split the columns, so that every worker has something to do.
	groups := min(kernel.Panels(c.out), (minUnits+blocks-1)/blocks)
	e.pool.For(blocks*groups, func(worker, i int) {
		r, g := i/groups*block, i%groups
		panels := kernel.Panels(c.out)
		cols := cut(panels, g, groups)
		ep := kernel.Epilogue[E]{Stream: streams[E](len(y))}
		if skip != nil {
			ep.Add, ep.LdAdd, ep.AddCols = skip[r*c.skip.cols:], c.skip.cols, c.skip.cols
		}
		c.forwardRows(e, &e.scratch[worker], x, y, r, min(block, rows-r), cols, ep)
	})
}

// minUnits is the number of units of work below which a loop is split more finely.
const minUnits = 16

// forwardRows sets columns of rows [r, r+m) of y; e starts at row r.
func (c *conv[E]) forwardRows(
	x *exec[E], s *scratch[E], in, y []E, r, m int, cols span, e kernel.Epilogue[E],
) {
	e.ReLU = c.relu
	a, lda := c.rows(x, s, in, r, m)
	c.multiply(x, s, y[r*c.out:], a, lda, m, cols, e)
}

// streams reports whether a value of that many elements leaves the caches before it
// is read.
func streams[E kernel.Elem](elements int) bool {
	const cache = 2 << 20
	return elements*size[E]() > cache
}

func (c *conv[E]) forwardTile(e *exec[E], t tile[E]) {
	e.turnWorker(t.s, c.op, forward)
	x := c.source(t.x, t.lo, t.images)
	rows, block := t.images*c.locations(), e.rowBlock(c.depthK)
	for r := 0; r < rows; r += block {
		c.forwardRows(e, t.s, x, t.y, r, min(block, rows-r), c.all(), kernel.Epilogue[E]{})
	}
}

func (c *conv[E]) backward(e *exec[E]) {
	x, y := &e.bufs[c.x.buf], &e.bufs[c.y]
	if c.relu {
		e.chunks(len(y.x), func(lo, hi int) { e.k.ReLUMask(y.dx[lo:hi], y.dx[lo:hi], y.x[lo:hi]) })
	}
	if c.hasSkip && !c.inPlace && c.skip.grad {
		passOn(e, y, &c.skip)
	}
	if c.x.grad {
		c.packBackward(e)
		c.dataAll(e, x.dx, y.dx)
	}
	if c.trains {
		src := x.x
		if c.pad != nil {
			src = c.pad.x
		}
		e.turnPhase(backwardWeights)
		c.gradient(e, src, y.dx)
	}
}

func (c *conv[E]) backwardTile(e *exec[E], t tile[E]) {
	e.turnWorker(t.s, c.op, backwardData)
	if c.relu {
		e.k.ReLUMask(t.dy, t.dy, t.y)
	}
	if t.dx != nil {
		c.data(e, t.s, t.dx, t.dy, t.images, t.add)
	}
	if c.trains {
		x := t.x
		if c.pad != nil {
			x = c.pad.x[t.lo*c.pad.size():]
		}
		e.turnWorker(t.s, c.op, backwardWeights)
		c.tileGradient(e, t, x, t.dy)
	}
}

// dataAll sets dx of all images, or adds to it. Without windows the rows of all images
// are one matrix, and a worker takes so many rows at a time that few blocks are cut short.
func (c *conv[E]) dataAll(e *exec[E], dx, dy []E) {
	if c.pointwise() {
		rows := c.n * c.locations()
		block := dataBlock(rows)
		e.pool.For((rows+block-1)/block, func(worker, i int) {
			r := i * block
			c.dataRows(e, &e.scratch[worker], dx[r*c.c:], dy[r*c.out:], min(block, rows-r), c.x.add)
		})
		return
	}
	images := c.dataImages()
	e.pool.For((c.n+images-1)/images, func(worker, i int) {
		lo := i * images
		n := min(images, c.n-lo)
		in, out := len(dx)/c.n, len(dy)/c.n
		c.data(e, &e.scratch[worker], dx[lo*in:(lo+n)*in], dy[lo*out:], n, c.x.add)
	})
}

// dataBlock is how many of the rows a worker takes at a time: whole tiles of the amx
// set.
func dataBlock(rows int) int {
	const most, tile = 512, 32
	return max(tile, min(most, rows/minUnits/tile*tile))
}

// dataRows sets rows of dx of a 1×1 convolution, or adds to them.
func (c *conv[E]) dataRows(e *exec[E], s *scratch[E], dx, dy []E, rows int, add bool) {
	var ep kernel.Epilogue[E]
	if add {
		ep.Add, ep.LdAdd = dx, c.c
	}
	c.dataPointwise(e, s, dx, dy, rows, ep)
}

// data sets dx of some images, or adds to it.
func (c *conv[E]) data(e *exec[E], s *scratch[E], dx, dy []E, images int, add bool) {
	if c.pointwise() {
		c.dataRows(e, s, dx, dy, images*c.locations(), add)
		return
	}
	acc := grow(&s.acc, images*c.image())
	clear(acc)
	c.dataWindows(e, s, acc, dy, images)
	storeRow(e, dx, c.unpadded(s, acc, images), add)
}

// dataImages is how many images backward works on at a time.
func (c *conv[E]) dataImages() int {
	const rows, window = 192, 1 << 17 // float32 sums of the windows: 512 KiB
	images := min(max(1, rows/c.locations()), max(1, window/c.image()))
	return min(images, (c.n+minUnits/2-1)/(minUnits/2), len(c.offs)/c.locations())
}
