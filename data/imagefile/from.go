package imagefile

import (
	"image"

	"github.com/amdim/amdim/tensor"
)

// From returns the pixels of any image over a white ground, 8 bits a channel.
func From(m image.Image) tensor.Image {
	r := m.Bounds()
	img := tensor.NewImage(r.Dy(), r.Dx())
	switch m := m.(type) {
	case *image.YCbCr:
		fromYCbCr(img, m)
	case *image.Gray:
		fromGray(img, m)
	case *image.RGBA:
		fromRGBA(img, m)
	case *image.NRGBA:
		fromNRGBA(img, m)
	case *image.Paletted:
		fromPaletted(img, m)
	case *image.CMYK:
		fromCMYK(img, m)
	default:
		fromAny(img, m)
	}
	return img
}

// fromAny is the definition: colours come premultiplied in 16 bits, what they do
// not cover is white, and the high byte is taken.
func fromAny(img tensor.Image, m image.Image) {
	at := m.Bounds().Min
	i := 0
	for y := range img.H {
		for x := range img.W {
			r, g, b, a := m.At(at.X+x, at.Y+y).RGBA()
			img.Pix[i], img.Pix[i+1], img.Pix[i+2] = overWhite(r, a), overWhite(g, a), overWhite(b, a)
			i += 3
		}
	}
}

// overWhite is the high byte of a premultiplied 16-bit channel over white.
func overWhite(v, alpha uint32) uint8 { return uint8(min(v+0xffff-alpha, 0xffff) >> 8) }
