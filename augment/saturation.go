package augment

import "github.com/amdim/amdim/tensor"

// saturation moves each pixel of img in place away from its luma by factor ≥ 0:
// 0 is grayscale, 1 changes nothing.
func saturation(img tensor.Image, factor float64) {
	n := saturationVector(img.Pix, float32(factor))
	saturationGeneric(img.Pix[n:], float32(factor))
}

func saturationGeneric(pix []uint8, alpha float32) {
	for p := pix; len(p) >= 3; p = p[3:] {
		l := luma(p[0], p[1], p[2])
		p[0] = blend(l, p[0], alpha)
		p[1] = blend(l, p[1], alpha)
		p[2] = blend(l, p[2], alpha)
	}
}
