package augment

import "github.com/amdim/amdim/tensor"

// brightness multiplies img in place by factor ≥ 0: 0 is black, 1 changes nothing.
func brightness(img tensor.Image, factor float64) {
	blendFrom(img.Pix, 0, float32(factor))
}
