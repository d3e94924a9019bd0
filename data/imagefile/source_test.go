package imagefile

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"github.com/amdim/amdim/internal/looks"
)

// Each file is large enough for its decoder to read on, so that this can be broken off.
func TestDecodingEndsWhereverItsContextDoes(t *testing.T) {
	const side = 300
	grey := image.NewGray(image.Rect(0, 0, side, side))
	for i := range grey.Pix {
		grey.Pix[i] = uint8(uint32(i) * 2654435761 >> 24)
	}
	deep := image.NewNRGBA64(grey.Rect)
	for i := range deep.Pix {
		deep.Pix[i] = uint8(uint32(i) * 2654435761 >> 24)
	}
	for _, c := range []struct {
		name   string
		least  int // looks
		encode func(w io.Writer) error
	}{
		{"jpeg", 5, func(w io.Writer) error { return jpeg.Encode(w, grey, nil) }},
		{"png", 5, func(w io.Writer) error { return png.Encode(w, grey) }},
		{"png of 16 bits", 9, func(w io.Writer) error { return png.Encode(w, deep) }},
		{"gif", 5, func(w io.Writer) error { return gif.Encode(w, grey, nil) }},
		{"bmp", side, func(w io.Writer) error { return bmp.Encode(w, grey) }},
		{"tiff", 3, func(w io.Writer) error { return tiff.Encode(w, grey, nil) }},
		{"tiff, deflated", 5, func(w io.Writer) error {
			return tiff.Encode(w, grey, &tiff.Options{Compression: tiff.Deflate})
		}},
	} {
		var file bytes.Buffer
		if err := c.encode(&file); err != nil {
			t.Fatal(err)
		}
		whole := looks.After(1 << 20)
		if _, err := DecodeContext(whole, file.Bytes(), Limits{}); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if whole.Made() < c.least {
			t.Errorf("%s: %d looks, want %d", c.name, whole.Made(), c.least)
		}
		for done := 0; done < whole.Made(); done += 1 + done/10 {
			if _, err := DecodeContext(looks.After(done), file.Bytes(), Limits{}); !errors.Is(err, context.Canceled) {
				t.Errorf("%s, done after %d looks: %v", c.name, done, err)
			}
		}
	}
}

// What is cut off and broken off is broken off: nothing says that the file is damaged.
func TestAFileThatIsBrokenOffIsNotCalledDamaged(t *testing.T) {
	file := fixture(t, "progressive.jpg")
	_, err := DecodeContext(looks.After(0), file[:len(file)-20], Limits{})
	if !errors.Is(err, context.Canceled) || errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error(err)
	}
}
