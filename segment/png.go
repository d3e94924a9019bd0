package segment

import (
	"encoding/binary"
	"fmt"
	"image"
	"image/png"
	"io"
	"slices"
)

// WritePNG writes the labels as a PNG: indices of Palette, or 16-bit grey if a label is
// above 255. If one is above 65535 it writes nothing and returns an error.
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
