package augment

import "github.com/amdim/amdim/tensor"

// solarize inverts, in place, the values of img that are at least threshold: 0
// inverts all, 256 none.
func solarize(img tensor.Image, threshold float64) {
	applyTo(img, func(v uint8) uint8 {
		if float64(v) < threshold {
			return v
		}
		return ^v
	})
}
