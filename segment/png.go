package segment

import (
	"encoding/binary"
	"fmt"
	"image"
	"image/png"
	"io"
	"slices"
)

// WritePNG writes the labels as a PNG: indices of Palette, or 16-bit grey where a label
// is above 255. It returns an error, and has written nothing, when one is above 65535.
func (m Map) WritePNG(w io.Writer) error {
	if err := m.Validate(); err != nil {
		return err
	}
	var img image.Image
	switch most := slices.Max(m.Label); {
	case most < 1<<8:
		p := image.NewPaletted(image.Rect(0, 0, m.W, m.H), Palette())
		for i, l := range m.Label {
			p.Pix[i] = uint8(l)
		}
		img = p
	case most < 1<<16:
		p := image.NewGray16(image.Rect(0, 0, m.W, m.H))
		for i, l := range m.Label {
			binary.BigEndian.PutUint16(p.Pix[2*i:], uint16(l))
		}
		img = p
	default:
		return fmt.Errorf("segment: label %d does not fit a PNG of 16 bits; rename labels with Compact", most)
	}
	if err := png.Encode(w, img); err != nil {
		return fmt.Errorf("segment: write PNG: %w", err)
	}
	return nil
}

const maxPixels = 1 << 27 // a larger PNG is taken for damaged before memory is asked for

// ReadPNG reads labels as WritePNG writes them: indices of a palette, or grey of 8 or
// 16 bits, as BSDS annotations are kept.
func ReadPNG(r io.ReadSeeker) (Map, error) {
	head, err := png.DecodeConfig(r)
	if err != nil {
		return Map{}, fmt.Errorf("segment: read PNG: %w", err)
	}
	if head.Width < 1 || head.Height < 1 || head.Width > maxPixels/head.Height {
		return Map{}, fmt.Errorf("segment: a PNG of %d×%d, at most 2²⁷ pixels are read", head.Width, head.Height)
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return Map{}, fmt.Errorf("segment: read PNG: %w", err)
	}
	img, err := png.Decode(r)
	if err != nil {
		return Map{}, fmt.Errorf("segment: read PNG: %w", err)
	}
	m := NewMap(head.Width, head.Height)
	switch img := img.(type) {
	case *image.Paletted:
		for i := range m.Label {
			m.Label[i] = int32(img.Pix[i/m.W*img.Stride+i%m.W])
		}
	case *image.Gray:
		for i := range m.Label {
			m.Label[i] = int32(img.Pix[i/m.W*img.Stride+i%m.W])
		}
	case *image.Gray16:
		for i := range m.Label {
			m.Label[i] = int32(binary.BigEndian.Uint16(img.Pix[i/m.W*img.Stride+i%m.W*2:]))
		}
	default:
		return Map{}, fmt.Errorf("segment: a PNG of labels has a palette or is grey, this one is %T", img)
	}
	return m, nil
}
