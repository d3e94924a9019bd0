package augment

import "github.com/amdim/amdim/tensor"

// Resize sets dst to src at dst's size by antialiased bicubic interpolation:
// rows first, rounded to 8 bits, then columns, as Pillow's BICUBIC resize.
func Resize(dst, src tensor.Image, s *Scratch) {
	ResizedCrop(dst, src, Box{H: src.H, W: src.W}, s)
}

// resizeRows sets dst, of the height of box, to the rows of box at dst's width.
// Two rows go together as pixel pairs.
func resizeRows(dst, src tensor.Image, box Box, s *Scratch) {
	f := &s.horizontal
	f.init(box.W, dst.W)
	pairs, sums := grow(&s.pairs, box.W), grow(&s.sums, dst.W)
	row := dst.W * 3
	for y := 0; y < dst.H; y += 2 {
		y2 := min(y+1, dst.H-1) // an odd last row goes with itself
		pack(pairs, src.Pix[((box.Y+y)*src.W+box.X)*3:], src.Pix[((box.Y+y2)*src.W+box.X)*3:])
		out, out2 := dst.Pix[y*row:][:row], dst.Pix[y2*row:][:row]
		for x, first := range f.first {
			sums[x][0], sums[x][1], sums[x][2] = weigh(pairs[first:], 1, f.coefficients(x))
		}
		unpack(out, out2, sums)
	}
}

// resizeColumns sets dst to src, of equal width, at dst's height. The left and
// the right half of a row go together as pixel pairs.
func resizeColumns(dst, src tensor.Image, s *Scratch) {
	f := &s.vertical
	f.init(src.H, dst.H)
	w := (dst.W + 1) / 2     // the middle pixel of an odd row goes with itself
	right := (dst.W - w) * 3 // first byte of the right half
	pairs, sums := grow(&s.pairs, src.H*w), grow(&s.sums, w)
	row := dst.W * 3
	for y := range src.H {
		in := src.Pix[y*row:][:row]
		pack(pairs[y*w:][:w], in, in[right:])
	}
	for y, first := range f.first {
		coef := f.coefficients(y)
		out := dst.Pix[y*row:][:row]
		for x := range sums {
			sums[x][0], sums[x][1], sums[x][2] = weigh(pairs[first*w+x:], w, coef)
		}
		unpack(out, out[right:], sums)
	}
}
