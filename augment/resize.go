package augment

import "github.com/amdim/amdim/tensor"

// Resize sets dst to src at dst's size with antialiased bicubic interpolation:
// rows first, rounded to 8 bits, then columns, as Pillow's BICUBIC resize does.
func Resize(dst, src tensor.Image, s *Scratch) {
	resizedCrop(dst, src, rectangle{H: src.H, W: src.W}, false, s)
}

// resizedCrop sets dst to the box of src or, if mirrored, of its mirror image at dst's size,
// with the interpolation of [Resize]; pixels outside the box have no influence. The mirror image
// is not made: a mirrored row times coefficients is the row times mirrored coefficients.
func resizedCrop(dst, src tensor.Image, box rectangle, mirrored bool, s *Scratch) {
	dst.Check()
	checkBox("resizedCrop", src, box)
	if box.W == dst.W && box.H == dst.H {
		crop(dst, src, box.Y, box.X, mirrored)
		return
	}
	rows := newBand(&s.rows, box.H, dst.W)
	if box.W == dst.W {
		for y := range box.H {
			cropRow(rows.row(y), src, box.Y+y, box.X, mirrored)
		}
	} else {
		resizeRows(rows, src, box, mirrored, s)
	}
	if box.H == dst.H {
		for y := range box.H {
			copy(dst.Pix[y*dst.W*3:], rows.row(y))
		}
		return
	}
	resizeColumns(dst, rows, s)
}

// resizeRows sets dst, as high as box, to the rows of box at dst's width.
func resizeRows(dst band, src tensor.Image, box rectangle, mirrored bool, s *Scratch) {
	f := &s.horizontal
	f.init(box.W, dst.w)
	if mirrored {
		f.mirror(box.W)
		box.X = src.W - box.X - box.W
	}
	if !resizeRowsVector(dst, src, box, s) {
		resizeRowsGeneric(dst, src, box, s)
	}
}

// resizeColumns sets dst to src, of equal width, at dst's height.
func resizeColumns(dst tensor.Image, src band, s *Scratch) {
	s.vertical.init(src.h, dst.H)
	if !resizeColumnsVector(dst, src, s) {
		resizeColumnsGeneric(dst, src, s)
	}
}

// band is what the first pass of a resize passes to the second: h rows of w
// pixels, a stride apart.
type band struct {
	h, w, stride int
	pix          []uint8
}

// newBand returns a band in buf. Each row has room for its last pixel to take 4
// bytes, and after the last row there is room for seven more rows: the assembly
// passes write and read that far, without effect.
func newBand(buf *[]uint8, h, w int) band {
	stride := (w*3 + 1 + 31) / 32 * 32
	return band{h: h, w: w, stride: stride, pix: grow(buf, (h+7)*stride)}
}

func (b band) row(y int) []uint8 { return b.pix[y*b.stride:][:b.w*3] }
