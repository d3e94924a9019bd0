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
// with batch statistics; with running ones dx = scale·rstd·dy. Either way the rows
// are read twice: once for sums, split into parts by shape, and once to apply
// them. Ioffe and Szegedy 2015, arXiv 1502.03167, section 3.
type batchNorm[E kernel.Elem] struct {
	graph.BatchNorm
	x                            edge
	y                            int
	scale, bias, runMean, runVar *variable
	trains                       bool
	mean, variance               []float32 // (groups, c): of the last forward
	newMean, newVar              []float32 // running statistics to commit
	parts                        []float32 // (normParts, 3, c): shift and two sums of each part
	total                        []float64 // (2, c): of all parts
	coef                         []float32 // (3, c): coefficients of the second pass
}

// The rows of a group are summed in normParts parts, or in fewer parts of
// partRows rows: shorter ones take longer to combine than to sum.
const (
	normParts = 16
	partRows  = 16
)

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
	n.parts, n.total, n.coef = make([]float32, normParts*3*c), make([]float64, 2*c), make([]float32, 3*c)
	if a.Mode == graph.BatchUpdate {
		n.newMean, n.newVar = make([]float32, c), make([]float32, c)
		pl.e.norms = append(pl.e.norms, n)
	}
	return n
}

func (n *batchNorm[E]) inputs() []*edge  { return []*edge{&n.x} }
func (n *batchNorm[E]) values() []int    { return []int{n.y} }
func (n *batchNorm[E]) handsOver() *edge { return &n.x }

func (n *batchNorm[E]) forward(e *exec[E]) {
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
			_, processes := e.peers.place()
			n.update(mean, variance, size/c*processes)
		}
	}
}

// statistics sets mean and biased variance of the rows of x. A part sums deviations
// from s, the mean of some of its rows: in a sum of squares about zero, a large
// mean would drown the variance. With r rows in the part, q rows before it, and d
// the difference from the mean of those to that of the part, they are combined by
//
//	mean += d·r/(q + r)
//	m2   += Σ(x − s)² − (Σ(x − s))²/r + d²·q·r/(q + r)
//
// Chan, Golub and LeVeque 1983, "Algorithms for computing the sample variance:
// analysis and recommendations", The American Statistician 37.
func (n *batchNorm[E]) statistics(e *exec[E], mean, variance []float32, x []E) {
	c := len(mean)
	clear(n.total)
	m, m2 := n.total[:c], n.total[c:]
	q := 0.
	n.sum(e, c, len(x)/c, func(p normPart, lo, hi int) {
		sample(e, p.shift, x[lo*c:hi*c])
		e.k.AddMoments(p.sum, p.sum2, x[lo*c:hi*c], p.shift)
	}, func(p normPart, r float64) {
		inv, w := 1/r, r/(q+r)
		for j, s := range p.sum {
			s := float64(s)
			d := float64(p.shift[j]) + s*inv - m[j]
			m[j] += d * w
			m2[j] += float64(p.sum2[j]) - s*s*inv + d*d*q*w
		}
		q += r
	})
	if e.peers != nil {
		q = e.peers.moments(n.total, q)
	}
	for j := range mean {
		mean[j], variance[j] = float32(m[j]), float32(max(0, m2[j]/q))
	}
}

// sample sets mean to that of at most 8 evenly spaced rows of x.
func sample[E kernel.Elem](e *exec[E], mean []float32, x []E) {
	c := len(mean)
	rows := len(x) / c
	some := min(8, rows)
	clear(mean)
	for i := range some {
		e.k.AddTo(mean, x[i*rows/some*c:][:c])
	}
	for j := range mean {
		mean[j] /= float32(some)
	}
}

// normPart is what is known about one part of the rows.
type normPart struct{ shift, sum, sum2 []float32 }

// sum has add sum the parts of rows [lo, hi), and join combine them in order.
func (n *batchNorm[E]) sum(
	e *exec[E], c, rows int, add func(p normPart, lo, hi int), join func(p normPart, rows float64),
) {
	parts := min(normParts, (rows+partRows-1)/partRows)
	part := func(i int) normPart {
		p := n.parts[3*i*c : 3*(i+1)*c]
		return normPart{p[:c:c], p[c : 2*c : 2*c], p[2*c:]}
	}
	e.pool.For(parts, func(_, i int) {
		p := part(i)
		clear(p.sum)
		clear(p.sum2)
		add(p, i*rows/parts, (i+1)*rows/parts)
	})
	for i := range parts {
		join(part(i), float64((i+1)*rows/parts-i*rows/parts))
	}
}

func (n *batchNorm[E]) normalise(e *exec[E], y, x []E, mean, variance []float32) {
	c := len(mean)
	scale, shift := n.coef[:c], n.coef[c:2*c]
	for j := range c {
		scale[j] = n.scale.w[j] * n.rstd(variance[j])
		shift[j] = float32(float64(n.bias.w[j]) - float64(mean[j])*float64(scale[j]))
	}
	n.fromLast(e, len(x), c, func(lo, hi int) { e.k.ScaleShift(y[lo:hi], x[lo:hi], scale, shift, false) })
}

// fromLast calls f on pieces of size elements, the last rows first: these are
// still in the caches from the sums.
func (n *batchNorm[E]) fromLast(e *exec[E], size, c int, f func(lo, hi int)) {
	e.chunksOfRows(size/c, func(lo, hi int) { f(size-hi*c, size-lo*c) })
}

func (n *batchNorm[E]) rstd(variance float32) float32 {
	return float32(1 / math.Sqrt(float64(variance)+n.Eps))
}

// update moves the new running statistics; the variance becomes unbiased. The
// variance of one row is undefined: NaN, which checkStatistics reports.
func (n *batchNorm[E]) update(mean, variance []float32, rows int) {
	m := float32(n.Momentum)
	unbias := float32(rows) / float32(rows-1)
	move(n.newMean, mean, m)
	for j := range variance {
		n.newVar[j] = (1-m)*n.newVar[j] + m*(variance[j]*unbias)
	}
}

// commit moves the running statistics of the state by lr of the way to the new ones.
func (n *batchNorm[E]) commit(lr float32) {
	move(n.runMean.w, n.newMean, lr)
	move(n.runVar.w, n.newVar, lr)
	n.runMean.version++
	n.runVar.version++
}

// move moves x by lr of the way to y.
func move(x, y []float32, lr float32) {
	if lr == 1 {
		copy(x, y)
		return
	}
	for j := range x {
		x[j] = (1-lr)*x[j] + lr*y[j]
	}
}

func (n *batchNorm[E]) backward(e *exec[E]) {
	x, y := &e.bufs[n.x.buf], &e.bufs[n.y]
	if n.trains {
		clear(n.scale.g)
		clear(n.bias.g)
	}
	dx := y.dx
	if n.x.grad && !n.x.add {
		dx = x.dx
	}
	c, size := n.x.cols, len(x.x)/n.Groups
	for g := range n.Groups {
		lo, hi := g*size, (g+1)*size
		n.backwardGroup(e, dx[lo:hi], y.dx[lo:hi], x.x[lo:hi], n.mean[g*c:(g+1)*c], n.variance[g*c:(g+1)*c])
	}
	if n.x.grad && n.x.add {
		passOn(e, y, &n.x)
	}
}

// backwardGroup adds to the gradients of scale and bias from the rows of this process
// and, if the gradient flows on, sets dx. dx may be dy.
func (n *batchNorm[E]) backwardGroup(e *exec[E], dx, dy, x []E, mean, variance []float32) {
	_, processes := e.peers.place()
	c, rows := len(mean), float32(len(x)/len(mean)*processes)
	clear(n.total)
	sum, prod := n.total[:c], n.total[c:]
	n.sum(e, c, len(x)/c, func(p normPart, lo, hi int) {
		e.k.AddProds(p.sum, p.sum2, dy[lo*c:hi*c], x[lo*c:hi*c], mean)
	}, func(p normPart, _ float64) {
		for j, s := range p.sum {
			sum[j] += float64(s)
			prod[j] += float64(p.sum2[j])
		}
	})
	if n.trains {
		for j := range c {
			n.scale.g[j] += float32(prod[j]) * n.rstd(variance[j])
			n.bias.g[j] += float32(sum[j])
		}
	}
	if n.Mode != graph.Running {
		e.peers.sum(n.total)
	}
	a, b, shift := n.coef[:c], n.coef[c:2*c], n.coef[2*c:]
	for j := range c {
		rstd, sum, prod := n.rstd(variance[j]), float32(sum[j]), float32(prod[j])
		a[j], b[j], shift[j] = n.scale.w[j]*rstd, 0, 0
		if n.Mode != graph.Running {
			b[j] = -a[j] * rstd * rstd * prod / rows
			shift[j] = -a[j]*sum/rows - b[j]*mean[j]
		}
	}
	if n.x.grad {
		n.fromLast(e, len(x), c, func(lo, hi int) { e.k.Affine(dx[lo:hi], dy[lo:hi], x[lo:hi], a, b, shift) })
	}
}
