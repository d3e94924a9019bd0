package kernel

import "math"

func nceGeneric(dst, x []float32, c NCEClip) (sum NCESums) {
	for i, v := range x {
		s := c.Scale * v
		y, slope := s, float32(1)
		if c.Clip != 0 {
			t := float32(math.Tanh(float64(s / c.Clip)))
			y, slope = c.Clip*t, 1-t*t
			if s > c.Clip || s < -c.Clip {
				sum.Beyond++
			}
		}
		e := exp1(y - c.Top)
		sum.Square += float64(s) * float64(s)
		sum.Exp += float64(e)
		dst[i] = e * slope
	}
	return sum
}

// minNormal is the smallest float32 that is not denormal.
const minNormal = 0x1p-126

// exp1 is e^x, zero instead of a denormal.
func exp1(x float32) float32 {
	y := float32(math.Exp(float64(x)))
	if y < minNormal {
		return 0
	}
	return y
}

func nceGradientGeneric[E Elem](dst []E, a float32, u []float32, b float32, x []float32) {
	var row [kChunk]float32
	for lo := 0; lo < len(dst); lo += kChunk {
		w := row[:min(kChunk, len(dst)-lo)]
		for i, v := range u[lo:][:len(w)] {
			w[i] = a*v + b*x[lo+i]
		}
		narrowGeneric(dst[lo:][:len(w)], w)
	}
}
