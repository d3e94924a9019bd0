package kernel

import "fmt"

// rowFuncs are the loops over rows of channels. x is (rows, n) without gaps,
// where n is the length of the per-channel argument.
type rowFuncs[E Elem] struct {
	addTo      func(acc []float32, x []E)
	addMoments func(sum, sq []float32, x []E, shift []float32)
	addProds   func(sum, prod []float32, dy, x []E, mean []float32)
	scaleShift func(dst, x []E, scale, shift []float32, relu bool)
	affine     func(dst, dy, x []E, a, b, c []float32)
	reluMask   func(dst, dy, y []E)
	add        func(dst, x, y []E)
	widen      func(dst []float32, src []E)
	narrow     func(dst []E, src []float32)
}

// wholeRows panics unless len(x) = n is a number of rows of cols channels.
func wholeRows(fn string, n, cols int) {
	if cols == 0 && n != 0 || cols != 0 && n%cols != 0 {
		panic(fmt.Sprintf("kernel: %s: len(x) = %d, want rows of %d channels", fn, n, cols))
	}
}

// AddTo adds every row of x, (rows, len(acc)), to acc in order.
func (p *Products[E]) AddTo(acc []float32, x []E) {
	wholeRows("AddTo", len(x), len(acc))
	p.addTo(acc, x)
}

// AddMoments adds x−shift of every row of x, (rows, len(sum)), to sum in order, and
// (x−shift)² to sq: mean and variance in one pass, the more accurate the nearer
// shift is to the mean.
func (p *Products[E]) AddMoments(sum, sq []float32, x []E, shift []float32) {
	wholeRows("AddMoments", len(x), len(sum))
	same("AddMoments", "len(sq)", len(sq), len(sum))
	same("AddMoments", "len(shift)", len(shift), len(sum))
	p.addMoments(sum, sq, x, shift)
}

// AddProds adds dy of every row, (rows, len(sum)), to sum in order, and dy·(x−mean)
// to prod: the sums of the backward pass of batch normalisation.
func (p *Products[E]) AddProds(sum, prod []float32, dy, x []E, mean []float32) {
	wholeRows("AddProds", len(x), len(sum))
	same("AddProds", "len(prod)", len(prod), len(sum))
	same("AddProds", "len(dy)", len(dy), len(x))
	same("AddProds", "len(mean)", len(mean), len(sum))
	p.addProds(sum, prod, dy, x, mean)
}

// ScaleShift sets dst = x·scale + shift, channel by channel, and negative
// results to zero if relu: x and dst are (rows, len(scale)). dst may be x.
func (p *Products[E]) ScaleShift(dst, x []E, scale, shift []float32, relu bool) {
	wholeRows("ScaleShift", len(x), len(scale))
	same("ScaleShift", "len(dst)", len(dst), len(x))
	same("ScaleShift", "len(shift)", len(shift), len(scale))
	p.scaleShift(dst, x, scale, shift, relu)
}

// Affine sets dst = a·dy + b·x + c, channel by channel, the backward pass of
// batch normalisation: dy, x and dst are (rows, len(a)). dst may be dy or x.
func (p *Products[E]) Affine(dst, dy, x []E, a, b, c []float32) {
	wholeRows("Affine", len(x), len(a))
	same("Affine", "len(dst)", len(dst), len(x))
	same("Affine", "len(dy)", len(dy), len(x))
	same("Affine", "len(b)", len(b), len(a))
	same("Affine", "len(c)", len(c), len(a))
	p.affine(dst, dy, x, a, b, c)
}

// ReLUMask sets dst = dy where y > 0, else 0. dst may be dy.
func (p *Products[E]) ReLUMask(dst, dy, y []E) {
	same("ReLUMask", "len(dy)", len(dy), len(dst))
	same("ReLUMask", "len(y)", len(y), len(dst))
	p.reluMask(dst, dy, y)
}

// Add sets dst = x + y. dst may be x or y.
func (p *Products[E]) Add(dst, x, y []E) {
	same("Add", "len(x)", len(x), len(dst))
	same("Add", "len(y)", len(y), len(dst))
	p.add(dst, x, y)
}

// Widen sets dst to the float32 values of src.
func (p *Products[E]) Widen(dst []float32, src []E) {
	same("Widen", "len(src)", len(src), len(dst))
	p.widen(dst, src)
}

// Narrow rounds src to E.
func (p *Products[E]) Narrow(dst []E, src []float32) {
	same("Narrow", "len(src)", len(src), len(dst))
	p.narrow(dst, src)
}
