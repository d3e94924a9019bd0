//go:build !noasm

package kernel

// The twins of these loops are in math_generic.go. n ≥ 1. Every amd64 set uses them,
// except for addRows: memory is slower than they are.

// maxAVX2 leaves eight candidates in part, NaN if there is one.
//
//go:noescape
func maxAVX2(part *[8]float32, x *float32, n int)

// dotAVX2 leaves eight sums of products in part.
//
//go:noescape
func dotAVX2(part *[8]float64, x, y *float32, n int)

//go:noescape
func axpyAVX2(y, x *float32, n int, a float32)

//go:noescape
func scaleAVX2(dst, x *float32, n int, a float32)

//go:noescape
func adamAVX2(w, m, v, grad *float32, n int, f *adamFactors)

//go:noescape
func addRowsAVX2(dst *float32, off *int32, src *float32, ld, rows, n int)

func mathAVX2() mathFuncs {
	return mathFuncs{
		max: func(x []float32) float32 {
			m := maxGeneric(nil)
			var part [8]float32
			eachStretch(len(x), func(lo, hi int) {
				maxAVX2(&part, &x[lo], hi-lo)
				m = max(m, maxGeneric(part[:]))
			})
			return m
		},
		dot: func(x, y []float32) (s float64) {
			var part [8]float64
			eachStretch(len(x), func(lo, hi int) {
				dotAVX2(&part, &x[lo], &y[lo], hi-lo)
				s += total(&part)
			})
			return s
		},
		axpy: func(y []float32, a float32, x []float32) {
			eachStretch(len(y), func(lo, hi int) { axpyAVX2(&y[lo], &x[lo], hi-lo, a) })
		},
		scale: func(dst []float32, a float32, x []float32) {
			eachStretch(len(dst), func(lo, hi int) { scaleAVX2(&dst[lo], &x[lo], hi-lo, a) })
		},
		addRows: rowsAdded(addRowsAVX2),
		adam: func(w, m, v, g []float32, p AdamParams) {
			f := p.factors()
			eachStretch(len(w), func(lo, hi int) { adamAVX2(&w[lo], &m[lo], &v[lo], &g[lo], hi-lo, &f) })
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

// rowsAdded is AddRows in stretches of whole rows.
func rowsAdded(
	add func(dst *float32, off *int32, src *float32, ld, rows, n int),
) func(dst []float32, off []int32, src []float32, ld, n int) {
	return func(dst []float32, off []int32, src []float32, ld, n int) {
		if n == 0 {
			return
		}
		most := max(1, stretch/n)
		for i := 0; i < len(off); i += most {
			add(&dst[0], &off[i], &src[i*ld], ld, min(most, len(off)-i), n)
		}
	}
}
