package augment

import "github.com/amdim/amdim/tensor"

// gray replaces the three channels of each pixel of img in place by its luma.
func gray(img tensor.Image) {
	n := grayVector(img.Pix)
	grayGeneric(img.Pix[n:])
}

func grayGeneric(pix []uint8) {
	for p := pix; len(p) >= 3; p = p[3:] {
		l := luma(p[0], p[1], p[2])
		p[0], p[1], p[2] = l, l, l
	}
}

// luma is 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601) in 16-bit fixed point,
// rounded to the nearest.
func luma(r, g, b uint8) uint8 {
	return uint8((19595*uint32(r) + 38470*uint32(g) + 7471*uint32(b) + 1<<15) >> 16)
}
