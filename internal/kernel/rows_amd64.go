//go:build !noasm

package kernel

import "math"

// rowKernels are the assembly loops of one instruction set for elements stored
// as E: pointers to at least one row of at least one channel. The twins are in
// rows_generic.go.
type rowKernels[E Elem] struct {
	addTo      func(acc *float32, x *E, rows, n int)
	addSqTo    func(acc *float32, x *E, mean *float32, rows, n int)
	addProdTo  func(acc *float32, dy, x *E, mean *float32, rows, n int)
	scaleShift func(dst, x *E, scale, shift *float32, rows, n int, least float32)
	affine     func(dst, dy, x *E, a, b, c *float32, rows, n int)
	reluMask   func(dst, dy, y *E, n int)
	add        func(dst, x, y *E, n int)
}

//go:noescape
func addToF32AVX512(acc *float32, x *float32, rows, n int)

//go:noescape
func addSqToF32AVX512(acc *float32, x *float32, mean *float32, rows, n int)

//go:noescape
func addProdToF32AVX512(acc *float32, dy, x *float32, mean *float32, rows, n int)

//go:noescape
func scaleShiftF32AVX512(dst, x *float32, scale, shift *float32, rows, n int, least float32)

//go:noescape
func affineF32AVX512(dst, dy, x *float32, a, b, c *float32, rows, n int)

//go:noescape
func reluMaskF32AVX512(dst, dy, y *float32, n int)

//go:noescape
func addF32AVX512(dst, x, y *float32, n int)

//go:noescape
func addToBF16AVX512(acc *float32, x *BF16, rows, n int)

//go:noescape
func addSqToBF16AVX512(acc *float32, x *BF16, mean *float32, rows, n int)

//go:noescape
func addProdToBF16AVX512(acc *float32, dy, x *BF16, mean *float32, rows, n int)

//go:noescape
func scaleShiftBF16AVX512(dst, x *BF16, scale, shift *float32, rows, n int, least float32)

//go:noescape
func affineBF16AVX512(dst, dy, x *BF16, a, b, c *float32, rows, n int)

//go:noescape
func reluMaskBF16AVX512(dst, dy, y *BF16, n int)

//go:noescape
func addBF16AVX512(dst, x, y *BF16, n int)

//go:noescape
func widenBF16AVX512(dst *float32, src *BF16, n int)

//go:noescape
func narrowBF16AVX512(dst *BF16, src *float32, n int)

func rowsF32AVX512() rowFuncs[float32] {
	f := vectorRows(rowKernels[float32]{
		addTo:      addToF32AVX512,
		addSqTo:    addSqToF32AVX512,
		addProdTo:  addProdToF32AVX512,
		scaleShift: scaleShiftF32AVX512,
		affine:     affineF32AVX512,
		reluMask:   reluMaskF32AVX512,
		add:        addF32AVX512,
	})
	f.widen, f.narrow = widenGeneric, narrowGeneric // copies
	return f
}

func rowsBF16AVX512() rowFuncs[BF16] {
	f := vectorRows(rowKernels[BF16]{
		addTo:      addToBF16AVX512,
		addSqTo:    addSqToBF16AVX512,
		addProdTo:  addProdToBF16AVX512,
		scaleShift: scaleShiftBF16AVX512,
		affine:     affineBF16AVX512,
		reluMask:   reluMaskBF16AVX512,
		add:        addBF16AVX512,
	})
	f.widen = func(dst []float32, src []BF16) {
		eachStretch(len(dst), 1, func(lo, hi int) { widenBF16AVX512(&dst[lo], &src[lo], hi-lo) })
	}
	f.narrow = func(dst []BF16, src []float32) {
		eachStretch(len(dst), 1, func(lo, hi int) { narrowBF16AVX512(&dst[lo], &src[lo], hi-lo) })
	}
	return f
}

// stretch is how many elements one assembly call takes at most: it cannot be
// preempted, and 2¹⁶ elements take less than 0.1 ms.
const stretch = 1 << 16

// eachStretch cuts n elements into stretches of whole rows of cols elements.
func eachStretch(n, cols int, body func(lo, hi int)) {
	if n == 0 {
		return
	}
	step := max(cols, stretch/cols*cols)
	for lo := 0; lo < n; lo += step {
		body(lo, min(lo+step, n))
	}
}

// vectorRows is every loop of k over slices, without widen and narrow.
func vectorRows[E Elem](k rowKernels[E]) rowFuncs[E] {
	return rowFuncs[E]{
		addTo: func(acc []float32, x []E) {
			n := len(acc)
			eachStretch(len(x), n, func(lo, hi int) { k.addTo(&acc[0], &x[lo], (hi-lo)/n, n) })
		},
		addSqTo: func(acc []float32, x []E, mean []float32) {
			n := len(acc)
			eachStretch(len(x), n, func(lo, hi int) { k.addSqTo(&acc[0], &x[lo], &mean[0], (hi-lo)/n, n) })
		},
		addProdTo: func(acc []float32, dy, x []E, mean []float32) {
			n := len(acc)
			eachStretch(len(x), n, func(lo, hi int) { k.addProdTo(&acc[0], &dy[lo], &x[lo], &mean[0], (hi-lo)/n, n) })
		},
		scaleShift: func(dst, x []E, scale, shift []float32, relu bool) {
			n, least := len(scale), float32(math.Inf(-1))
			if relu {
				least = 0
			}
			eachStretch(len(x), n, func(lo, hi int) {
				k.scaleShift(&dst[lo], &x[lo], &scale[0], &shift[0], (hi-lo)/n, n, least)
			})
		},
		affine: func(dst, dy, x []E, a, b, c []float32) {
			n := len(a)
			eachStretch(len(x), n, func(lo, hi int) {
				k.affine(&dst[lo], &dy[lo], &x[lo], &a[0], &b[0], &c[0], (hi-lo)/n, n)
			})
		},
		reluMask: func(dst, dy, y []E) {
			eachStretch(len(dst), 1, func(lo, hi int) { k.reluMask(&dst[lo], &dy[lo], &y[lo], hi-lo) })
		},
		add: func(dst, x, y []E) {
			eachStretch(len(dst), 1, func(lo, hi int) { k.add(&dst[lo], &x[lo], &y[lo], hi-lo) })
		},
	}
}
