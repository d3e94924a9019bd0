package amdim

import (
	"context"
	"fmt"
	"image"
	"image/color"

	"github.com/amdim/amdim/data/imagefile"
	"github.com/amdim/amdim/tensor"
)

// Decode reads a JPEG, PNG, GIF (its first frame), BMP, TIFF or WebP file and turns it upright by
// its EXIF orientation, ready for Embed and Segment. No file makes it panic. A file whose header
// claims more than 200 million pixels, or one side more than 1000 times the other, is refused
// before it is decoded. An error that wraps neither ErrFormat nor ErrTooLarge means that the file
// is empty, damaged or of a kind that the decoder lacks.
//
// The image implements image.RGBA64Image, so image/draw reads it fast. An encoder such as
// image/jpeg reads one color.Color for each pixel of a type that it does not know: draw the image
// on an image.RGBA first.
//
// A decoded image takes 3 bytes per pixel. Decoding takes up to 32 (a TIFF; 27 a progressive JPEG of
// four colours, 18 one of three), as much as 6.4 GB even for a small file, and a small WebP 150 MB
// (imagefile.Fixed). A service that decodes files from untrusted clients should check the size
// first, with imagefile.Config, and limit how many it decodes at once.
func Decode(file []byte) (image.Image, error) { return DecodeContext(context.Background(), file) }

// DecodeContext is Decode that ends with the error of ctx when that is done. Some parts of
// decoding cannot be interrupted: a WebP, and the end of a progressive JPEG.
func DecodeContext(ctx context.Context, file []byte) (image.Image, error) {
	img, err := imagefile.DecodeContext(ctx, file, imagefile.Limits{})
	if err != nil {
		return nil, fmt.Errorf("amdim: decode: %w", err)
	}
	return picture{img}, nil
}

// DecodeFile is Decode of the file at path; an error names the path.
func DecodeFile(path string) (image.Image, error) {
	img, err := imagefile.Read(path, imagefile.Limits{})
	if err != nil {
		return nil, fmt.Errorf("amdim: decode: %w", err)
	}
	return picture{img}, nil
}

// picture makes a tensor.Image an image.Image of the standard library.
type picture struct{ tensor.Image }

func (p picture) ColorModel() color.Model { return color.RGBAModel }

func (p picture) Bounds() image.Rectangle { return image.Rect(0, 0, p.W, p.H) }

// RGBA64At is At of an image.RGBA64Image: what draws or encodes the picture needs no
// color.Color for each pixel.
func (p picture) RGBA64At(x, y int) color.RGBA64 {
	if !(image.Point{x, y}).In(p.Bounds()) {
		return color.RGBA64{}
	}
	v := p.Image.At(y, x)
	return color.RGBA64{uint16(v[0]) * 0x101, uint16(v[1]) * 0x101, uint16(v[2]) * 0x101, 0xffff}
}

func (p picture) At(x, y int) color.Color {
	if !(image.Point{x, y}).In(p.Bounds()) {
		return color.RGBA{}
	}
	v := p.Image.At(y, x)
	return color.RGBA{v[0], v[1], v[2], 255}
}

// SubImage returns a copy of the part of an image within r, at its place.
func (p picture) SubImage(r image.Rectangle) image.Image {
	part := image.NewRGBA(r.Intersect(p.Bounds()))
	for y := part.Rect.Min.Y; y < part.Rect.Max.Y; y++ {
		for x := part.Rect.Min.X; x < part.Rect.Max.X; x++ {
			v := p.Image.At(y, x)
			part.SetRGBA(x, y, color.RGBA{v[0], v[1], v[2], 255})
		}
	}
	return part
}

// fromImage returns the pixels of an image, without copying if Decode made it.
func fromImage(ctx context.Context, img image.Image) (tensor.Image, error) {
	if p, ok := img.(picture); ok {
		return p.Image, nil
	}
	return imagefile.FromContext(ctx, img)
}
