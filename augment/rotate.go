package augment

import (
	"math"

	"github.com/amdim/amdim/tensor"
)

// rotate sets dst to src rotated counter-clockwise about its centre, with nearest-pixel
// sampling, black where src leaves a gap; −90 < degrees < 90. dst and src must not overlap.
func rotate(dst, src tensor.Image, degrees float64) {
	checkSame("rotate", dst, src)
	if degrees == 0 {
		copy(dst.Pix, src.Pix)
		return
	}
	sin, cos := math.Sincos(degrees * (math.Pi / 180))
	x, y := float64(src.W)/2, float64(src.H)/2
	affine(dst, src, [6]float64{
		cos, -sin, x - float64(cos*x) + float64(sin*y),
		sin, cos, y - float64(sin*x) - float64(cos*y),
	})
}
