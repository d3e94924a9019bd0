//go:build !noasm

package kernel

// The twins of these loops are in math_generic.go. n ≥ 1.

//go:noescape
func maxNEON(x *float32, n int) float32

//go:noescape
func dotNEON(x, y *float32, n int) float64

//go:noescape
func axpyNEON(y, x *float32, n int, a float32)

//go:noescape
func scaleNEON(dst, x *float32, n int, a float32)

//go:noescape
func adamNEON(w, m, v, grad *float32, n int, f *adamFactors)

func mathNEON() mathFuncs {
	return mathFuncs{
		max: func(x []float32) float32 {
			m := maxGeneric(nil)
			eachStretch(len(x), func(lo, hi int) { m = max(m, maxNEON(&x[lo], hi-lo)) })
			return m
		},
		dot: func(x, y []float32) (s float64) {
			eachStretch(len(x), func(lo, hi int) { s += dotNEON(&x[lo], &y[lo], hi-lo) })
			return s
		},
		axpy: func(y []float32, a float32, x []float32) {
			eachStretch(len(y), func(lo, hi int) { axpyNEON(&y[lo], &x[lo], hi-lo, a) })
		},
		scale: func(dst []float32, a float32, x []float32) {
			eachStretch(len(dst), func(lo, hi int) { scaleNEON(&dst[lo], &x[lo], hi-lo, a) })
		},
		addRows: addRowsNEON,
		adam: func(w, m, v, g []float32, p AdamParams) {
			f := p.factors()
			eachStretch(len(w), func(lo, hi int) { adamNEON(&w[lo], &m[lo], &v[lo], &g[lo], hi-lo, &f) })
		},
	}
}

func addRowsNEON(dst []float32, off []int32, src []float32, ld, n int) {
	if n == 0 {
		return
	}
	for i, o := range off {
		addToF32NEON(&dst[o], &src[i*ld], 1, n)
	}
}
