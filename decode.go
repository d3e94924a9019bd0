package amdim

import (
	"image"
	"image/color"

	"github.com/amdim/amdim/imagefile"
	"github.com/amdim/amdim/tensor"
)

// Decode reads a JPEG, PNG, GIF (its first frame), BMP, TIFF or WebP file and turns it
// upright as its EXIF orientation says: what Embed and Segment take. A file whose
// header asks for more pixels than a limit, 200 million, or for a side of more than 1000
// times the other, is refused before it is decoded; no file makes it panic.
//
// An image takes 3 bytes a pixel, and while it is decoded up to 16: 3 GB at the limit, of
// a file that may have few. A service whose clients may send anything asks
// imagefile.Config for the size first, and bounds how many it decodes at once.
func Decode(file []byte) (image.Image, error) {
	img, err := imagefile.Decode(file, imagefile.Limits{})
	if err != nil {
		return nil, err
	}
	return picture{img}, nil
}

// DecodeFile is Decode of the file at path; an error names the path.
func DecodeFile(path string) (image.Image, error) {
	img, err := imagefile.Read(path, imagefile.Limits{})
	if err != nil {
		return nil, err
	}
	return picture{img}, nil
}

// picture makes a tensor.Image an image.Image of the standard library.
type picture struct{ tensor.Image }

func (p picture) ColorModel() color.Model { return color.RGBAModel }

func (p picture) Bounds() image.Rectangle { return image.Rect(0, 0, p.W, p.H) }

func (p picture) At(x, y int) color.Color {
	if !(image.Point{x, y}).In(p.Bounds()) {
		return color.RGBA{}
	}
	v := p.Image.At(y, x)
	return color.RGBA{v[0], v[1], v[2], 255}
}

// fromImage returns the pixels of an image, without copying if Decode made it.
func fromImage(img image.Image) tensor.Image {
	if p, ok := img.(picture); ok {
		return p.Image
	}
	return imagefile.From(img)
}
