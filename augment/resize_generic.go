package augment

import "github.com/amdim/amdim/tensor"

// resizeRowsGeneric weighs two rows at a time as pixel pairs.
func resizeRowsGeneric(dst band, src tensor.Image, box rectangle, s *Scratch) {
	f := &s.horizontal
	pairs, sums := grow(&s.pairs, box.W), grow(&s.sums, dst.w)
	for y := 0; y < dst.h; y += 2 {
		y2 := min(y+1, dst.h-1) // an odd last row is paired with itself
		pack(pairs, src.Pix[((box.Y+y)*src.W+box.X)*3:], src.Pix[((box.Y+y2)*src.W+box.X)*3:])
		for x, first := range f.first {
			sums[x][0], sums[x][1], sums[x][2] = weigh(pairs[first:], 1, f.coefficients(x))
		}
		unpack(dst.row(y), dst.row(y2), sums)
	}
}

// resizeColumnsGeneric weighs the left and the right half of a row as pixel pairs.
func resizeColumnsGeneric(dst tensor.Image, src band, s *Scratch) {
	f := &s.vertical
	w := (dst.W + 1) / 2     // the middle pixel of an odd row is paired with itself
	right := (dst.W - w) * 3 // first byte of the right half
	pairs, sums := grow(&s.pairs, src.h*w), grow(&s.sums, w)
	for y := range src.h {
		in := src.row(y)
		pack(pairs[y*w:][:w], in, in[right:])
	}
	for y, first := range f.first {
		coef := f.coefficients(y)
		out := dst.Pix[y*dst.W*3:][:dst.W*3]
		for x := range sums {
			sums[x][0], sums[x][1], sums[x][2] = weigh(pairs[first*w+x:], w, coef)
		}
		unpack(out, out[right:], sums)
	}
}
