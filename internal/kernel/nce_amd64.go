//go:build !noasm

package kernel

// The twins of these loops are in nce_generic.go. They run in every set of
// amd64: a processor with AVX-512 has AVX2 as well.

// ncePart are sums of four or eight lanes, to which a loop adds.
type ncePart struct {
	square, exp [4]float64
	beyond      [8]int32
}

// nceFactors are NCEClip and 1/Clip.
type nceFactors struct {
	scale, inverse, clip, top float32
}

// nceClipAVX2 sets dst to tanh(s/Clip) of n ≥ 1 products x, from which
// nceExpAVX2 makes the result.
//
//go:noescape
func nceClipAVX2(part *ncePart, dst, x *float32, n int, f *nceFactors)

//go:noescape
func nceExpAVX2(part *ncePart, dst, x *float32, n int, f *nceFactors)

// nceAVX2 does both, without a clip.
//
//go:noescape
func nceAVX2(part *ncePart, dst, x *float32, n int, f *nceFactors)

// nceGradientF32AVX2 and nceGradientBF16AVX2 take n ≥ 8, a multiple of 8.
//
//go:noescape
func nceGradientF32AVX2(dst *float32, u, x *float32, n int, a, b float32)

//go:noescape
func nceGradientBF16AVX2(dst *BF16, u, x *float32, n int, a, b float32)

// setNCE makes s use the AVX2 loops.
func setNCE(s *Set) {
	s.nce = nceScoresAVX2
	s.F32.nceGradient = nceGradientEights(nceGradientF32AVX2)
	s.BF16.nceGradient = nceGradientEights(nceGradientBF16AVX2)
}

// nceStretch is how many scores one call takes: what one loop leaves to the next
// stays in the L1 cache.
const nceStretch = 1 << 10

func nceScoresAVX2(dst, x []float32, c NCEClip) (sum NCESums) {
	var part ncePart
	f := nceFactors{c.Scale, 1 / c.Clip, c.Clip, c.Top}
	for lo := 0; lo < len(x); lo += nceStretch {
		n := min(nceStretch, len(x)-lo)
		if c.Clip == 0 {
			nceAVX2(&part, &dst[lo], &x[lo], n, &f)
		} else {
			nceClipAVX2(&part, &dst[lo], &x[lo], n, &f)
			nceExpAVX2(&part, &dst[lo], &dst[lo], n, &f)
		}
	}
	for i := range part.square {
		sum.Square += part.square[i]
		sum.Exp += part.exp[i]
	}
	for _, b := range part.beyond {
		sum.Beyond += int(b)
	}
	return sum
}

// nceGradientEights is NCEGradient; the last elements, fewer than eight, are
// left to the generic loop.
func nceGradientEights[E Elem](
	gradient func(dst *E, u, x *float32, n int, a, b float32),
) func([]E, float32, []float32, float32, []float32) {
	return func(dst []E, a float32, u []float32, b float32, x []float32) {
		whole := len(dst) &^ 7
		eachStretch(whole, func(lo, hi int) { gradient(&dst[lo], &u[lo], &x[lo], hi-lo, a, b) })
		nceGradientGeneric(dst[whole:], a, u[whole:], b, x[whole:])
	}
}
