package imagefile

import (
	"context"
	"image"

	"github.com/amdim/amdim/tensor"
)

// From returns the pixels of any image over a white ground, 8 bits a channel.
func From(m image.Image) tensor.Image {
	img, _ := from(context.Background(), m) // nothing else is an error
	return img
}

// from is From until ctx is done.
func from(ctx context.Context, m image.Image) (tensor.Image, error) {
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
		for y := range img.H { // one by one, which takes the longest
			if err := ctx.Err(); err != nil {
				return img, err
			}
			rowFromAny(img, m, y)
		}
	}
	return img, nil
}

// fromAny is the definition: colours come premultiplied in 16 bits, what they do
// not cover is white, and the high byte is taken.
func fromAny(img tensor.Image, m image.Image) {
	for y := range img.H {
		rowFromAny(img, m, y)
	}
}

func rowFromAny(img tensor.Image, m image.Image, y int) {
	at := m.Bounds().Min
	row := img.Pix[y*img.W*3:]
	for x := range img.W {
		r, g, b, a := m.At(at.X+x, at.Y+y).RGBA()
		row[3*x], row[3*x+1], row[3*x+2] = overWhite(r, a), overWhite(g, a), overWhite(b, a)
	}
}

// overWhite is the high byte of a premultiplied 16-bit channel over white.
func overWhite(v, alpha uint32) uint8 { return uint8(min(v+0xffff-alpha, 0xffff) >> 8) }
