package augment

import (
	"math"

	"github.com/amdim/amdim/tensor"
)

// The principal components of ImageNet's pixels in [0, 1], with an eigenvector of
// (R, G, B) in each column: the idea is that of Krizhevsky et al. 2012, "ImageNet
// Classification with Deep Convolutional Neural Networks", section 4.1, the numbers
// are from Fast AutoAugment's code.
var (
	pcaValue  = [3]float64{0.2175, 0.0188, 0.0045}
	pcaVector = [3][3]float64{
		{-0.5675, 0.7192, 0.4009},
		{-0.5808, -0.0045, -0.8140},
		{-0.5836, -0.6948, 0.4203},
	}
)

// lighting adds to each pixel of img in place the principal components of
// ImageNet's pixels, each times its eigenvalue and alpha. The authors add them to
// real numbers after their 8-bit operations; our views stay 8-bit, so a channel
// moves by whole steps of 1/255, and values are clipped.
func lighting(img tensor.Image, alpha [3]float64) {
	var t lookup
	for c := range t {
		sum := 0.0
		for k, a := range alpha {
			sum += float64(pcaVector[c][k] * float64(a*pcaValue[k]))
		}
		step := math.RoundToEven(255 * sum)
		for v := range t[c] {
			t[c][v] = uint8(min(max(float64(v)+step, 0), 255))
		}
	}
	t.apply(img)
}
