package imagefile

import (
	"bytes"
	"errors"
	"fmt"
	"image"
)

// Labels returns what a grey or paletted PNG stores for each pixel of an image of
// w×h, (h, w): the level as it stands in the file, not spread over 8 bits, or the
// index into the palette. A PNG of another size or with colours is an error.
func Labels(b []byte, w, h int) (labels []int32, err error) {
	c, f, err := header(b)
	switch {
	case err != nil:
		return nil, err
	case f.name != "png":
		return nil, fmt.Errorf("imagefile: %s, need a grey or paletted png", f.name)
	case c.Width != w || c.Height != h:
		return nil, fmt.Errorf("imagefile: png of %d×%d pixels for an image of %d×%d", c.Width, c.Height, w, h)
	}
	err = f.guard(func() error {
		decoded, err := f.decode(bytes.NewReader(b))
		if err == nil {
			labels, err = stored(decoded, bits(b))
		}
		return err
	})
	return labels, err
}

// bits is how many a PNG whose header was read has for a sample: byte 8 of IHDR,
// the first chunk. W3C, PNG Specification, 11.2.1.
func bits(b []byte) int { return int(b[24]) }

// stored undoes what the decoder does to samples of so many bits.
func stored(m image.Image, bits int) ([]int32, error) {
	size := m.Bounds().Size()
	labels := make([]int32, 0, size.X*size.Y)
	switch m := m.(type) {
	case *image.Gray:
		white := uint8(1)<<bits - 1
		for i := range size.Y {
			for _, v := range m.Pix[i*m.Stride:][:size.X] {
				labels = append(labels, int32(v/(255/white))) // white was made 255
			}
		}
	case *image.Gray16:
		for i := range size.Y {
			for row := m.Pix[i*m.Stride:][:2*size.X]; len(row) > 0; row = row[2:] {
				labels = append(labels, int32(row[0])<<8|int32(row[1]))
			}
		}
	case *image.Paletted:
		for i := range size.Y {
			for _, v := range m.Pix[i*m.Stride:][:size.X] {
				labels = append(labels, int32(v))
			}
		}
	default:
		return nil, errors.New("it has colours or transparency, need grey or a palette")
	}
	return labels, nil
}
