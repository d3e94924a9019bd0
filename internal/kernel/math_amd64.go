//go:build !noasm

package kernel

// The twins of these loops are in math_generic.go. n ≥ 1.

// maxAVX512 leaves 16 candidates in part, NaN if there is one.
//
//go:noescape
func maxAVX512(part *[16]float32, x *float32, n int)

// dotAVX512 leaves eight sums of products in part.
//
//go:noescape
func dotAVX512(part *[8]float64, x, y *float32, n int)

//go:noescape
func axpyAVX512(y, x *float32, n int, a float32)

//go:noescape
func scaleAVX512(dst, x *float32, n int, a float32)

//go:noescape
func adamAVX512(w, m, v, grad *float32, n int, f *adamFactors)

func mathAVX512() mathFuncs {
	return mathFuncs{
		max: func(x []float32) float32 {
			m := maxGeneric(nil)
			var part [16]float32
			eachStretch(len(x), func(lo, hi int) {
				maxAVX512(&part, &x[lo], hi-lo)
				m = max(m, maxGeneric(part[:]))
			})
			return m
		},
		dot: func(x, y []float32) (s float64) {
			var part [8]float64
			eachStretch(len(x), func(lo, hi int) {
				dotAVX512(&part, &x[lo], &y[lo], hi-lo)
				s += total(&part)
			})
			return s
		},
		axpy: func(y []float32, a float32, x []float32) {
			eachStretch(len(y), func(lo, hi int) { axpyAVX512(&y[lo], &x[lo], hi-lo, a) })
		},
		scale: func(dst []float32, a float32, x []float32) {
			eachStretch(len(dst), func(lo, hi int) { scaleAVX512(&dst[lo], &x[lo], hi-lo, a) })
		},
		addRows: rowsAddedAVX2, // rows of 32 numbers: the calls are what costs
		adam: func(w, m, v, g []float32, p AdamParams) {
			f := p.factors()
			eachStretch(len(w), func(lo, hi int) { adamAVX512(&w[lo], &m[lo], &v[lo], &g[lo], hi-lo, &f) })
		},
	}
}

func total(part *[8]float64) float64 {
	var s float64
	for _, v := range part {
		s += v
	}
	return s
}
