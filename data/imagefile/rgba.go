package imagefile

import (
	"image"

	"github.com/amdim/amdim/tensor"
)

// RGBA returns a copy of the pixels as the standard library holds them, opaque: the
// inverse of From.
func RGBA(img tensor.Image) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, img.W, img.H))
	for i := range img.H * img.W {
		copy(m.Pix[4*i:], img.Pix[3*i:3*i+3])
		m.Pix[4*i+3] = 255
	}
	return m
}
