package augment

import "github.com/amdim/amdim/tensor"

// invert replaces each value v of img in place by 255 − v.
func invert(img tensor.Image) {
	for i, v := range img.Pix {
		img.Pix[i] = ^v
	}
}
