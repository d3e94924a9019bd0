package cpu

import (
	"math"

	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/kernel"
)

// batchNorm normalises each channel of each group of rows. With n rows of x in
// a group, mean and var over them and rstd = 1/√(var + eps),
//
//	y  = (x − mean)·rstd·scale + bias
//	dx = scale·rstd·(dy − Σdy/n − (x − mean)·rstd²·Σ(dy·(x − mean))/n)
//
// with batch statistics; with running ones dx = scale·rstd·dy. Sums are cut in
// a fixed number of parts. Ioffe and Szegedy 2015, arXiv 1502.03167, section 3.
type batchNorm[E kernel.Elem] struct {
	graph.BatchNorm
	x                            edge
	y                            int
	scale, bias, runMean, runVar *variable
	trains                       bool
	mean, variance               []float32 // (groups, c): of the last forward
	newMean, newVar              []float32 // running statistics to commit
	parts                        []float32 // (normParts, 2, c): partial sums
}

// normParts cuts the rows of a group for its sums.
const normParts = 16

func (pl *planner[E]) newBatchNorm(op graph.Op, a graph.BatchNorm) *batchNorm[E] {
	n := &batchNorm[E]{
		BatchNorm: a, x: pl.edge(op, 0), y: pl.newBuffer(op, 0),
		scale: pl.vars[op.Vars[0]], bias: pl.vars[op.Vars[1]],
		runMean: pl.vars[op.Vars[2]], runVar: pl.vars[op.Vars[3]],
		trains: pl.flow.Var[op.Vars[0]],
	}
	if a.Mode == graph.Running {
		n.Groups = 1
	}
	c := len(n.scale.w)
	n.mean, n.variance = make([]float32, n.Groups*c), make([]float32, n.Groups*c)
	n.parts = make([]float32, normParts*2*c)
	if a.Mode == graph.BatchUpdate {
		n.newMean, n.newVar = make([]float32, c), make([]float32, c)
		pl.e.norms = append(pl.e.norms, n)
	}
	return n
}

func (n *batchNorm[E]) inputs() []*edge  { return []*edge{&n.x} }
func (n *batchNorm[E]) values() []int    { return []int{n.y} }
func (n *batchNorm[E]) handsOver() *edge { return &n.x }

func (n *batchNorm[E]) forward(e *exec[E], _ bool) {
	x, y := &e.bufs[n.x.buf], &e.bufs[n.y]
	copy(n.newMean, n.runMean.w)
	copy(n.newVar, n.runVar.w)
	c, size := n.x.cols, len(x.x)/n.Groups
	for g := range n.Groups {
		xs, ys := x.x[g*size:(g+1)*size], y.x[g*size:(g+1)*size]
		mean, variance := n.mean[g*c:(g+1)*c], n.variance[g*c:(g+1)*c]
		if n.Mode == graph.Running {
			copy(mean, n.runMean.w)
			copy(variance, n.runVar.w)
		} else {
			n.statistics(e, mean, variance, xs)
		}
		n.normalise(e, ys, xs, mean, variance)
		if n.Mode == graph.BatchUpdate {
			n.update(mean, variance, size/c)
		}
	}
}

// statistics sets mean and biased variance of the rows of x, in two passes:
// a sum of squares would lose what a large mean leaves.
func (n *batchNorm[E]) statistics(e *exec[E], mean, variance []float32, x []E) {
	rows := float64(len(x) / len(mean))
	n.sum(e, len(mean), x, func(acc, _ []float32, lo, hi int) { e.k.AddTo(acc, x[lo:hi]) })
	n.total(mean, 0, rows)
	n.sum(e, len(mean), x, func(acc, _ []float32, lo, hi int) { e.k.AddSqTo(acc, x[lo:hi], mean) })
	n.total(variance, 0, rows)
}

// sum lets f add parts of the rows to sums of c channels, two of them.
func (n *batchNorm[E]) sum(e *exec[E], c int, x []E, f func(acc, acc2 []float32, lo, hi int)) {
	rows := len(x) / c
	clear(n.parts)
	e.pool.For(normParts, func(_, i int) {
		acc := n.parts[2*i*c : 2*(i+1)*c]
		f(acc[:c], acc[c:], i*rows/normParts*c, (i+1)*rows/normParts*c)
	})
}

// total sets dst to the sum of the parts of sum number k, over div.
func (n *batchNorm[E]) total(dst []float32, k int, div float64) {
	c := len(dst)
	for j := range dst {
		var s float64
		for i := range normParts {
			s += float64(n.parts[(2*i+k)*c+j])
		}
		dst[j] = float32(s / div)
	}
}

func (n *batchNorm[E]) normalise(e *exec[E], y, x []E, mean, variance []float32) {
	c := len(mean)
	scale, shift := make([]float32, c), make([]float32, c)
	for j := range c {
		scale[j] = n.scale.w[j] * n.rstd(variance[j])
		shift[j] = n.bias.w[j] - mean[j]*scale[j]
	}
	e.chunksOfRows(len(x)/c, func(lo, hi int) {
		e.k.ScaleShift(y[lo*c:hi*c], x[lo*c:hi*c], scale, shift, false)
	})
}

func (n *batchNorm[E]) rstd(variance float32) float32 {
	return float32(1 / math.Sqrt(float64(variance)+n.Eps))
}

// update moves the new running statistics; the variance becomes unbiased.
func (n *batchNorm[E]) update(mean, variance []float32, rows int) {
	m := float32(n.Momentum)
	unbias := float32(rows) / float32(max(1, rows-1))
	for j := range mean {
		n.newMean[j] += m * (mean[j] - n.newMean[j])
		n.newVar[j] += m * (variance[j]*unbias - n.newVar[j])
	}
}

// commit makes the new running statistics those of the state.
func (n *batchNorm[E]) commit() {
	copy(n.runMean.w, n.newMean)
	copy(n.runVar.w, n.newVar)
	n.runMean.version++
	n.runVar.version++
}

func (n *batchNorm[E]) backward(e *exec[E]) {
	x, y := &e.bufs[n.x.buf], &e.bufs[n.y]
	if n.trains {
		clear(n.scale.g)
		clear(n.bias.g)
	}
	c, size := n.x.cols, len(x.x)/n.Groups
	for g := range n.Groups {
		n.backwardGroup(e, x.x[g*size:(g+1)*size], y.dx[g*size:(g+1)*size],
			n.mean[g*c:(g+1)*c], n.variance[g*c:(g+1)*c])
	}
	if n.x.grad {
		passOn(e, y, &n.x)
	}
}

// backwardGroup adds to the gradients of scale and bias and turns dy into dx.
func (n *batchNorm[E]) backwardGroup(e *exec[E], x, dy []E, mean, variance []float32) {
	c := len(mean)
	n.sum(e, c, x, func(sum, prod []float32, lo, hi int) {
		e.k.AddTo(sum, dy[lo:hi])
		e.k.AddProdTo(prod, dy[lo:hi], x[lo:hi], mean)
	})
	sum, prod := make([]float32, c), make([]float32, c)
	n.total(sum, 0, 1)
	n.total(prod, 1, 1)
	a, b, shift := make([]float32, c), make([]float32, c), make([]float32, c)
	rows := float32(len(x) / c)
	for j := range c {
		rstd := n.rstd(variance[j])
		if n.trains {
			n.scale.g[j] += prod[j] * rstd
			n.bias.g[j] += sum[j]
		}
		a[j] = n.scale.w[j] * rstd
		if n.Mode != graph.Running {
			b[j] = -a[j] * rstd * rstd * prod[j] / rows
			shift[j] = -a[j]*sum[j]/rows - b[j]*mean[j]
		}
	}
	if n.x.grad {
		e.chunksOfRows(len(x)/c, func(lo, hi int) {
			lo, hi = lo*c, hi*c
			e.k.Affine(dy[lo:hi], dy[lo:hi], x[lo:hi], a, b, shift)
		})
	}
}
