package imagefile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"slices"

	"golang.org/x/image/tiff"

	"github.com/amdim/amdim/tensor"
)

// Limits bound what is decoded; a zero field is the default.
type Limits struct {
	Pixels int64 // of an image; default 200 million: the largest phone cameras
	Bytes  int64 // of a file; default 256 MiB
	Ratio  int64 // of the longer side to the shorter; default 1000: views scale the shorter to theirs
}

func (l Limits) pixels() int64 {
	if l.Pixels == 0 {
		return 200e6
	}
	return l.Pixels
}

func (l Limits) bytes() int64 {
	if l.Bytes == 0 {
		return 256 << 20
	}
	return l.Bytes
}

func (l Limits) ratio() int64 {
	if l.Ratio == 0 {
		return 1000
	}
	return l.Ratio
}

// Decoded are the limits of an image that is pixels already: the default ones, but allowing a
// thinner one, since it may have become thinner when it was reduced by a whole factor.
func Decoded() Limits { return Limits{Ratio: 2000} }

// Check compares the sides of an image, in pixels and above 0, with the limits; beyond
// them the error is ErrTooLarge.
func (l Limits) Check(w, h int) error {
	if int64(w) > l.pixels()/int64(h) {
		return tooLarge("more than the limit of %d million", l.pixels()/1e6)
	}
	if float64(max(w, h)) > float64(l.ratio())*float64(min(w, h)) {
		return tooLarge("one side is more than %d times the other, the limit", l.ratio())
	}
	return nil
}

// Decode returns the image that the bytes of a file hold. An error that wraps neither
// ErrFormat nor ErrTooLarge says that the file is empty, damaged or of a kind that the
// decoder lacks.
func Decode(b []byte, l Limits) (tensor.Image, error) {
	return DecodeContext(context.Background(), b, l)
}

// DecodeContext is Decode that ends with the error of ctx when that is done: when the decoder
// reads on, which that of WebP does no more once it has a frame, and between two rows of an image
// whose colours are converted one by one.
func DecodeContext(ctx context.Context, b []byte, l Limits) (tensor.Image, error) {
	return decode(ctx, b, l, func(any) {})
}

// decode is DecodeContext that calls made with the result of each stage, from which the next
// is made: what the decoder returns, its pixels, these upright.
func decode(ctx context.Context, b []byte, l Limits, made func(any)) (tensor.Image, error) {
	if n := int64(len(b)); n > l.bytes() {
		return tensor.Image{}, tooLarge("imagefile: %d bytes, more than the limit of %d", n, l.bytes())
	}
	c, f, err := header(b)
	if err != nil {
		return tensor.Image{}, err
	}
	if err := l.Check(c.Width, c.Height); err != nil {
		return tensor.Image{}, fmt.Errorf("imagefile: %s of %d×%d pixels, %w", f.name, c.Width, c.Height, err)
	}
	if f.check != nil {
		if err := f.check(b); err != nil {
			return tensor.Image{}, err
		}
	}
	var img tensor.Image
	err = f.guard(func() error {
		decoded, err := f.decode(newSource(ctx, b))
		switch {
		case ctx.Err() != nil: // a decoder may have told it as damage
			return ctx.Err()
		case err != nil && f.ends != nil && !f.ends(b):
			return io.ErrUnexpectedEOF
		case err != nil:
			return err
		}
		if decoded.Bounds().Empty() { // a GIF's first frame may be
			return errors.New("no pixels in it")
		}
		made(decoded)
		pixels, err := FromContext(ctx, decoded)
		if err != nil {
			return err
		}
		made(pixels)
		img = orient(pixels, f.orientation(b))
		made(img)
		return nil
	})
	if err != nil {
		return tensor.Image{}, err
	}
	return img, nil
}

// Config reads no more than the header: the size of the image in pixels, as it
// will be decoded, and the name of the format.
func Config(b []byte) (w, h int, format string, err error) {
	c, f, err := header(b)
	if err != nil {
		return 0, 0, "", err
	}
	w, h = c.Width, c.Height
	if f.orientation(b) >= 5 {
		w, h = h, w
	}
	return w, h, f.name, nil
}

func header(b []byte) (c image.Config, f *format, err error) {
	if len(b) == 0 {
		return c, nil, errors.New("imagefile: the file is empty")
	}
	if f = formatOf(b); f == nil {
		return c, nil, fmt.Errorf("imagefile: %w", ErrFormat)
	}
	err = f.guard(func() (err error) {
		c, err = f.config(bytes.NewReader(b))
		return err
	})
	if err == nil && (c.Width <= 0 || c.Height <= 0) {
		err = fmt.Errorf("imagefile: %s of %d×%d pixels", f.name, c.Width, c.Height)
	}
	return c, f, err
}

// uncountable are the errors of decoders for sizes whose product overflows.
var uncountable = []error{png.UnsupportedError("dimension overflow"), tiff.FormatError("image too large")}

// guard calls a decoder: its panic is an error, and every error says what failed.
func (f *format) guard(decode func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("imagefile: decode %s: the decoder gave up: %v", f.name, r)
		}
	}()
	err = decode()
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("imagefile: decode %s: the file is cut off: %w", f.name, err)
	case slices.Contains(uncountable, err):
		return tooLarge("imagefile: %s of more pixels than can be counted", f.name)
	case err != nil:
		return fmt.Errorf("imagefile: decode %s: %w", f.name, err)
	}
	return nil
}
