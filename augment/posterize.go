package augment

import "github.com/amdim/amdim/tensor"

// posterize keeps the upper bits of each value of img in place, 0 ≤ bits ≤ 8.
func posterize(img tensor.Image, bits int) {
	mask := uint8(0xff << (8 - bits))
	for i, v := range img.Pix {
		img.Pix[i] = v & mask
	}
}
