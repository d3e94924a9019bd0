package amdim

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"slices"
	"sync/atomic"
	"testing"
)

// decoded is a picture of 60×h pixels, and what Decode makes of its file.
func decoded(t *testing.T, h int) (*image.RGBA, image.Image) {
	t.Helper()
	whole := image.NewRGBA(image.Rect(0, 0, 60, h))
	draw.Draw(whole, whole.Rect, photo(60), image.Point{}, draw.Src)
	img, err := Decode(encode(t, whole))
	if err != nil {
		t.Fatal(err)
	}
	return whole, img
}

// A part of a decoded image is where it was, and embedded as if it had been cut out of any
// other image.
func TestAPartOfADecodedImageIsOneOfTheStandardLibrary(t *testing.T) {
	whole, img := decoded(t, 50)
	cut := img.(interface {
		SubImage(image.Rectangle) image.Image
	}).SubImage
	r := image.Rect(7, 5, 45, 50)
	part, want := cut(r.Union(image.Rect(7, 5, 45, 99))), whole.SubImage(r)
	if part.Bounds() != r {
		t.Errorf("bounds %v, want %v", part.Bounds(), r)
	}
	m := open(t, Options{})
	v, err := m.Embed(context.Background(), part, want)
	if err != nil || !slices.Equal(v[0], v[1]) {
		t.Errorf("%v, other vectors than of the same part of another image", err)
	}
	if !cut(image.Rect(70, 70, 80, 80)).Bounds().Empty() {
		t.Error("a part outside of the image is not empty")
	}
}

func TestADecodedImageIsDrawnWithoutAColorForEachPixel(t *testing.T) {
	whole, img := decoded(t, 40)
	drawn := image.NewRGBA(whole.Rect)
	allocations := testing.AllocsPerRun(3, func() { draw.Draw(drawn, drawn.Rect, img, image.Point{}, draw.Src) })
	if !bytes.Equal(drawn.Pix, whole.Pix) || allocations > 50 {
		t.Errorf("%v allocations for %d pixels, or other pixels", allocations, 60*40)
	}
}

// cancelling is an image that cancels when its first pixel is read.
type cancelling struct {
	image.Image
	cancel context.CancelFunc
	read   atomic.Int64 // pixels
}

func (c *cancelling) At(x, y int) color.Color {
	c.cancel()
	c.read.Add(1)
	return c.Image.At(x, y)
}

func TestAConversionEndsWithItsContext(t *testing.T) {
	m := open(t, Options{})
	mixed := openAt(t, mixedRun(t), Options{})
	if err := mixed.PrepareSegment(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, use := range map[string]func(context.Context, image.Image) error{
		"Embed": func(ctx context.Context, img image.Image) error {
			_, err := m.Embed(ctx, img)
			return err
		},
		"Segment": func(ctx context.Context, img image.Image) error {
			_, err := mixed.Segment(ctx, img, SegmentOptions{})
			return err
		},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		img := &cancelling{Image: image.NewGray(image.Rect(0, 0, 700, 900)), cancel: cancel}
		if err := use(ctx, img); !errors.Is(err, context.Canceled) || img.read.Load() > 700*100 {
			t.Errorf("%s: %v after %d pixels", name, err, img.read.Load())
		}
	}
}
