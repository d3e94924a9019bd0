package augment

import "github.com/amdim/amdim/tensor"

// contrast moves img in place away from its mean luma by factor ≥ 0: 0 is
// uniform gray, 1 changes nothing.
func contrast(img tensor.Image, factor float64) {
	img.Check()
	sum, n := lumaSumVector(img.Pix)
	sum += lumaSumGeneric(img.Pix[n:])
	mean := uint8(float64(sum)/float64(img.H*img.W) + 0.5)
	blendFrom(img.Pix, mean, float32(factor))
}

func lumaSumGeneric(pix []uint8) int {
	sum := 0
	for p := pix; len(p) >= 3; p = p[3:] {
		sum += int(luma(p[0], p[1], p[2]))
	}
	return sum
}
