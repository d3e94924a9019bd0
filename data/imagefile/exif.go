package imagefile

import (
	"bytes"

	"github.com/bep/imagemeta"

	"github.com/amdim/amdim/tensor"
)

// orientation is what EXIF says of how the camera was held: 1 to 8, and 1 where
// it says nothing that can be read, since damaged notes do not spoil an image.
func (f *format) orientation(b []byte) int {
	if !f.mayHoldEXIF(b) {
		return 1
	}
	turned := 1
	imagemeta.Decode(imagemeta.Options{
		R: bytes.NewReader(b), ImageFormat: f.meta, Sources: imagemeta.EXIF,
		ShouldHandleTag: func(t imagemeta.TagInfo) bool { return t.Tag == "Orientation" && t.Namespace == "IFD0" },
		HandleTag: func(t imagemeta.TagInfo) error {
			if o, ok := t.Value.(uint16); ok && o >= 1 && o <= 8 {
				turned = int(o)
			}
			return imagemeta.ErrStopWalking
		},
	})
	return turned
}

// orient undoes an EXIF orientation. The stored row 0 and column 0 are, on the
// image as it was seen (EXIF 2.3, section 4.6.4, tag 274):
//
//	1 top, left   2 top, right   3 bottom, right   4 bottom, left
//	5 left, top   6 right, top   7 right, bottom   8 left, bottom
func orient(img tensor.Image, orientation int) tensor.Image {
	if orientation <= 1 {
		return img
	}
	h, w := img.H, img.W
	if orientation >= 5 {
		h, w = w, h
	}
	seen := tensor.NewImage(h, w)
	for y := range img.H {
		for x := range img.W {
			ty, tx := y, x
			switch orientation {
			case 2:
				tx = w - 1 - x
			case 3:
				ty, tx = h-1-y, w-1-x
			case 4:
				ty = h - 1 - y
			case 5:
				ty, tx = x, y
			case 6:
				ty, tx = x, w-1-y
			case 7:
				ty, tx = h-1-x, w-1-y
			case 8:
				ty, tx = h-1-x, y
			}
			from, to := (y*img.W+x)*3, (ty*w+tx)*3
			seen.Pix[to], seen.Pix[to+1], seen.Pix[to+2] = img.Pix[from], img.Pix[from+1], img.Pix[from+2]
		}
	}
	return seen
}
