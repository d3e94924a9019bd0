package imagefile

import (
	"bytes"
	"errors"
	"image"
	"io"

	"golang.org/x/image/webp"
)

const animated = 0x02 // in the flags of the chunk VP8X, RFC 9649, section 2.7

// decodeWebP brings the colours of a lossy image, whose luma goes from 16 to 235
// and chroma from 16 to 240 (RFC 6386, section 9.2; BT.601), to the range of
// JFIF, as which [image.YCbCr] is understood and the library leaves them.
func decodeWebP(r io.Reader) (image.Image, error) {
	head := make([]byte, 21)
	n, err := io.ReadFull(r, head)
	if err == nil && string(head[12:16]) == "VP8X" && head[20]&animated != 0 {
		return nil, errors.New("an animation, of which none is decoded: save one of its images")
	}
	m, err := webp.Decode(io.MultiReader(bytes.NewReader(head[:n]), r))
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
