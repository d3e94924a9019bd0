//go:build !noasm && (amd64 || arm64)

package kernel

import "math"

// rowKernels are the assembly loops of one instruction set for elements stored
// as E: pointers to at least one row of n ≥ 1 channels, a multiple of lanes. The
// twins are in rows_generic.go.
type rowKernels[E Elem] struct {
	lanes      int
	addTo      func(acc *float32, x *E, rows, n int)
	addMoments momentsFunc[E]
	addProds   prodsFunc[E]
	scaleShift func(dst, x *E, scale, shift *float32, rows, n int, least float32)
	affine     func(dst, dy, x *E, a, b, c *float32, rows, n int)
	reluMask   func(dst, dy, y *E, n int)
	add        func(dst, x, y *E, n int)
	widen      func(dst *float32, src *E, n int) // nil where E is float32
	narrow     func(dst *E, src *float32, n int)
}

// momentLanes divides the number of channels of a momentsFunc and a prodsFunc.
const momentLanes = 8

// momentsFunc is AddMoments for rows ≥ 1 rows of n channels, prodsFunc AddProds.
// The twins are in rows_generic.go.
type (
	momentsFunc[E Elem] func(sum, sq *float32, x *E, shift *float32, rows, n int)
	prodsFunc[E Elem]   func(sum, prod *float32, dy, x *E, mean *float32, rows, n int)
)

// stretch is the most elements one assembly call takes: it cannot be preempted,
// and 2¹⁶ elements take less than 0.1 ms.
const stretch = 1 << 16

// wholeStretch is a stretch of whole rows of n elements.
func wholeStretch(n int) int { return max(n, stretch/n*n) }

// eachStretch calls body for stretches of n elements.
func eachStretch(n int, body func(lo, hi int)) {
	for lo := 0; lo < n; lo += stretch {
		body(lo, min(lo+stretch, n))
	}
}

// least is the smallest result of an epilogue.
func least(relu bool) float32 {
	if relu {
		return 0
	}
	return float32(math.Inf(-1))
}

// vectorRows returns the loops of k over slices. What is not a multiple of its
// lanes is left to the generic loops.
func vectorRows[E Elem](k rowKernels[E]) rowFuncs[E] {
	f := genericRows[E]()
	k.sums(&f)
	k.maps(&f)
	if k.widen != nil {
		k.conversions(&f)
	}
	return f
}

// sums sets the loops that add rows to acc.
func (k rowKernels[E]) sums(f *rowFuncs[E]) {
	twin := *f
	f.addTo = func(acc []float32, x []E) {
		n := len(acc)
		if n%k.lanes != 0 {
			twin.addTo(acc, x)
			return
		}
		for lo := 0; lo < len(x); lo += wholeStretch(n) {
			hi := min(lo+wholeStretch(n), len(x))
			k.addTo(&acc[0], &x[lo], (hi-lo)/n, n)
		}
	}
	f.addMoments = func(sum, sq []float32, x []E, shift []float32) {
		n := len(sum)
		if n%momentLanes != 0 {
			twin.addMoments(sum, sq, x, shift)
			return
		}
		for lo := 0; lo < len(x); lo += wholeStretch(n) {
			hi := min(lo+wholeStretch(n), len(x))
			k.addMoments(&sum[0], &sq[0], &x[lo], &shift[0], (hi-lo)/n, n)
		}
	}
	f.addProds = func(sum, prod []float32, dy, x []E, mean []float32) {
		n := len(sum)
		if n%momentLanes != 0 {
			twin.addProds(sum, prod, dy, x, mean)
			return
		}
		for lo := 0; lo < len(x); lo += wholeStretch(n) {
			hi := min(lo+wholeStretch(n), len(x))
			k.addProds(&sum[0], &prod[0], &dy[lo], &x[lo], &mean[0], (hi-lo)/n, n)
		}
	}
}

// maps sets the loops that set every element of dst.
func (k rowKernels[E]) maps(f *rowFuncs[E]) {
	twin := *f
	f.scaleShift = func(dst, x []E, scale, shift []float32, relu bool) {
		n := len(scale)
		if n%k.lanes != 0 {
			twin.scaleShift(dst, x, scale, shift, relu)
			return
		}
		for lo := 0; lo < len(x); lo += wholeStretch(n) {
			hi := min(lo+wholeStretch(n), len(x))
			k.scaleShift(&dst[lo], &x[lo], &scale[0], &shift[0], (hi-lo)/n, n, least(relu))
		}
	}
	f.affine = func(dst, dy, x []E, a, b, c []float32) {
		n := len(a)
		if n%k.lanes != 0 {
			twin.affine(dst, dy, x, a, b, c)
			return
		}
		for lo := 0; lo < len(x); lo += wholeStretch(n) {
			hi := min(lo+wholeStretch(n), len(x))
			k.affine(&dst[lo], &dy[lo], &x[lo], &a[0], &b[0], &c[0], (hi-lo)/n, n)
		}
	}
	f.reluMask = func(dst, dy, y []E) {
		whole := len(dst) / k.lanes * k.lanes
		eachStretch(whole, func(lo, hi int) { k.reluMask(&dst[lo], &dy[lo], &y[lo], hi-lo) })
		twin.reluMask(dst[whole:], dy[whole:], y[whole:])
	}
	f.add = func(dst, x, y []E) {
		whole := len(dst) / k.lanes * k.lanes
		eachStretch(whole, func(lo, hi int) { k.add(&dst[lo], &x[lo], &y[lo], hi-lo) })
		twin.add(dst[whole:], x[whole:], y[whole:])
	}
}

// conversions sets widen and narrow.
func (k rowKernels[E]) conversions(f *rowFuncs[E]) {
	twin := *f
	f.widen = func(dst []float32, src []E) {
		whole := len(dst) / k.lanes * k.lanes
		eachStretch(whole, func(lo, hi int) { k.widen(&dst[lo], &src[lo], hi-lo) })
		twin.widen(dst[whole:], src[whole:])
	}
	f.narrow = func(dst []E, src []float32) {
		whole := len(dst) / k.lanes * k.lanes
		eachStretch(whole, func(lo, hi int) { k.narrow(&dst[lo], &src[lo], hi-lo) })
		twin.narrow(dst[whole:], src[whole:])
	}
}
