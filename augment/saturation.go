package augment

import "github.com/amdim/amdim/tensor"

// Saturation moves each pixel of img in place away from its luma by factor ≥ 0:
// 0 is grayscale, 1 changes nothing.
func Saturation(img tensor.Image, factor float64) {
	alpha := float32(factor)
	for p := img.Pix; len(p) >= 3; p = p[3:] {
		l := luma(p[0], p[1], p[2])
		p[0] = blend(l, p[0], alpha)
		p[1] = blend(l, p[1], alpha)
		p[2] = blend(l, p[2], alpha)
	}
}
