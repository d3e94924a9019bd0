package augment

import "github.com/amdim/amdim/tensor"

// half is ½ in the fixed point of the filter.
const half = 1 << (precision - 1)

// Resize sets dst to src at dst's size by antialiased bicubic interpolation:
// rows first, rounded to 8 bits, then columns, as Pillow's BICUBIC resize.
func Resize(dst, src tensor.Image, s *Scratch) {
	dst.Check()
	src.Check()
	ResizedCrop(dst, src, Box{H: src.H, W: src.W}, s)
}

// resizeRows sets dst, of the height of box, to the rows of box at dst's width.
func resizeRows(dst, src tensor.Image, box Box, f *filter) {
	for y := range dst.H {
		in := src.Pix[((box.Y+y)*src.W+box.X)*3:][:box.W*3]
		out := dst.Pix[y*dst.W*3:][:dst.W*3]
		for x := range dst.W {
			k := f.coef[x*f.taps:][:f.count[x]]
			p := in[f.first[x]*3:][:len(k)*3]
			r, g, b := int32(half), int32(half), int32(half)
			for i, c := range k {
				q := p[i*3 : i*3+3 : i*3+3]
				r += c * int32(q[0])
				g += c * int32(q[1])
				b += c * int32(q[2])
			}
			o := out[x*3 : x*3+3 : x*3+3]
			o[0], o[1], o[2] = clip(r), clip(g), clip(b)
		}
	}
}

// resizeColumns sets dst to src, of equal width, at dst's height.
func resizeColumns(dst, src tensor.Image, f *filter, s *Scratch) {
	row := dst.W * 3
	acc := grow(&s.acc, row)
	for y := range dst.H {
		for i := range acc {
			acc[i] = half
		}
		for t, c := range f.coef[y*f.taps:][:f.count[y]] {
			in := src.Pix[(f.first[y]+t)*row:][:row]
			for i, v := range in {
				acc[i] += c * int32(v)
			}
		}
		out := dst.Pix[y*row:][:row]
		for i, v := range acc {
			out[i] = clip(v)
		}
	}
}

// clip returns the integer part of v between 0 and 255.
func clip(v int32) uint8 { return uint8(min(max(v>>precision, 0), 255)) }
