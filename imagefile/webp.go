package imagefile

import (
	"image"
	"io"

	"golang.org/x/image/webp"
)

// decodeWebP brings the colours of a lossy image, whose luma goes from 16 to 235
// and chroma from 16 to 240 (RFC 6386, section 9.2; BT.601), to the range of
// JFIF, as which [image.YCbCr] is understood and the library leaves them.
func decodeWebP(r io.Reader) (image.Image, error) {
	m, err := webp.Decode(r)
	switch m := m.(type) {
	case *image.YCbCr:
		widen(m)
	case *image.NYCbCrA:
		widen(&m.YCbCr)
	}
	return m, err
}

func widen(m *image.YCbCr) {
	var luma, chroma [256]uint8
	for i := range luma {
		luma[i] = uint8(max(0, min((float64(i)-16)*255/219+0.5, 255)))
		chroma[i] = uint8(max(0, min((float64(i)-128)*255/224+128.5, 255)))
	}
	for plane, table := range map[*[]uint8]*[256]uint8{&m.Y: &luma, &m.Cb: &chroma, &m.Cr: &chroma} {
		for i, v := range *plane {
			(*plane)[i] = table[v]
		}
	}
}
