package imagefile

import (
	"context"
	"image"

	"github.com/amdim/amdim/tensor"
)

// From returns the pixels of any image over a white ground, 8 bits a channel.
func From(m image.Image) tensor.Image {
	img, _ := FromContext(context.Background(), m) // nothing else is an error
	return img
}

// bandRows is how many rows are converted between two looks at the context.
const bandRows = 64

// FromContext is From that ends with the error of ctx when that is done.
func FromContext(ctx context.Context, m image.Image) (tensor.Image, error) {
	r := m.Bounds()
	img := tensor.NewImage(r.Dy(), r.Dx())
	if r.Empty() {
		return img, nil
	}
	for y := 0; y < img.H; y += bandRows {
		if err := ctx.Err(); err != nil {
			return img, err
		}
		band := tensor.Image{H: min(bandRows, img.H-y), W: img.W, Pix: img.Pix[y*img.W*3:]}
		part := r
		part.Min.Y += y
		part.Max.Y = part.Min.Y + band.H
		fromBand(band, m, part)
	}
	return img, nil
}

// fromBand sets img to the part r of m.
func fromBand(img tensor.Image, m image.Image, r image.Rectangle) {
	switch m := m.(type) {
	case *image.YCbCr:
		fromYCbCr(img, m.SubImage(r).(*image.YCbCr))
	case *image.Gray:
		fromGray(img, m.SubImage(r).(*image.Gray))
	case *image.RGBA:
		fromRGBA(img, m.SubImage(r).(*image.RGBA))
	case *image.NRGBA:
		fromNRGBA(img, m.SubImage(r).(*image.NRGBA))
	case *image.Paletted:
		fromPaletted(img, m.SubImage(r).(*image.Paletted))
	case *image.CMYK:
		fromCMYK(img, m.SubImage(r).(*image.CMYK))
	default:
		fromAny(img, m, r.Min)
	}
}

// fromAny is the definition: colours come premultiplied in 16 bits, what they do
// not cover is white, and the high byte is taken. The first pixel is that of m at from.
func fromAny(img tensor.Image, m image.Image, from image.Point) {
	for y := range img.H {
		row := img.Pix[y*img.W*3:]
		for x := range img.W {
			r, g, b, a := m.At(from.X+x, from.Y+y).RGBA()
			row[3*x], row[3*x+1], row[3*x+2] = overWhite(r, a), overWhite(g, a), overWhite(b, a)
		}
	}
}

// overWhite is the high byte of a premultiplied 16-bit channel over white.
func overWhite(v, alpha uint32) uint8 { return uint8(min(v+0xffff-alpha, 0xffff) >> 8) }
