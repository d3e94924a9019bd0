package augment

import "github.com/amdim/amdim/tensor"

// Invert replaces each value v of img in place by 255 − v.
func Invert(img tensor.Image) {
	for i, v := range img.Pix {
		img.Pix[i] = ^v
	}
}
