package augment

import "github.com/amdim/amdim/tensor"

// cutoutFill is the colour of a cutout in Fast AutoAugment's code: CIFAR's mean.
var cutoutFill = [3]uint8{125, 123, 114}

// cutout fills a square with sides of side pixels around (x, y) in img in place
// with gray, as Fast AutoAugment's code does: a square that begins left of or above
// the image begins at its border instead, and both edges belong to the square. A
// side of 0 or less does nothing. (DeVries and Taylor 2017, arXiv 1708.04552.)
func cutout(img tensor.Image, x, y, side float64) {
	img.Check()
	if !(side > 0) {
		return
	}
	left, top := int(max(0, x-side/2)), int(max(0, y-side/2))
	right := int(min(float64(left)+side, float64(img.W-1)))
	bottom := int(min(float64(top)+side, float64(img.H-1)))
	for i := top; i <= bottom; i++ {
		for j := left; j <= right; j++ {
			copy(img.At(i, j), cutoutFill[:])
		}
	}
}
