//go:build !noasm

package augment

import "github.com/amdim/amdim/tensor"

// The twins of these passes are in resize_generic.go. Both split a coefficient k
// into the words k mod 2¹⁵ and ⌊k/2¹⁵⌋, which one instruction multiplies by two
// samples each; the sums of both are exact modulo 2³².

// packRowsAVX2 sets dst to 4·fours pixels of eight rows: for two neighbours at a
// time, R, G and B, each as a pair of words for every row. It reads 4 bytes more.
//
//go:noescape
func packRowsAVX2(dst *int16, src *[8]*uint8, fours int)

// resizeRowsAVX2 sets m pixels in each of eight rows of dst, followed by one more
// byte of 0. Output x is the sum of 2·pairs samples of src, made by packRowsAVX2,
// starting at byte offset[x].
//
//go:noescape
func resizeRowsAVX2(dst *uint8, stride int, src *int16, offset *int, words *int16, pairs, m int)

// resizeColumnsAVX2 sets 32·blocks bytes of dst to the sum of 2·pairs rows of src.
//
//go:noescape
func resizeColumnsAVX2(dst, src *uint8, stride int, words *int16, pairs, blocks int)

const (
	packedPixel = 24 // words that packRowsAVX2 makes from a pixel
	columnBlock = 32 // bytes of a row that resizeColumnsAVX2 makes at a time
)

func resizeRowsVector(dst band, src tensor.Image, box rectangle, s *Scratch) bool {
	if !vector {
		return false
	}
	f := &s.horizontal
	pairs := f.split(2, 2*packedPixel)
	fours := (box.W + 3) / 4
	packed := grow(&s.packed, (4*fours+2*pairs)*packedPixel) // beyond the row weights are 0
	reach := 4*fours*3 + 4
	edge := grow(&s.edge, 8*reach)
	var rows [8]*uint8
	for y := 0; y < dst.h; y += len(rows) {
		for r := range rows {
			at := ((box.Y+min(y+r, dst.h-1))*src.W + box.X) * 3
			if at+reach <= len(src.Pix) {
				rows[r] = &src.Pix[at]
				continue
			}
			copied := edge[r*reach:][:reach] // the image ends before what is read
			copy(copied, src.Pix[at:][:box.W*3])
			rows[r] = &copied[0]
		}
		packRowsAVX2(&packed[0], &rows, fours)
		resizeRowsAVX2(&dst.pix[y*dst.stride], dst.stride, &packed[0], &f.offset[0], &f.words[0], pairs, dst.w)
	}
	return true
}

func resizeColumnsVector(dst tensor.Image, src band, s *Scratch) bool {
	n := dst.W * 3
	if !vector || n < columnBlock {
		return false
	}
	f := &s.vertical
	words := 4 * f.split(1, src.stride)
	for y, at := range f.offset {
		coef, pairs := &f.words[y*words], (f.count[y]+1)/2
		out, in := dst.Pix[y*n:][:n], src.pix[at:]
		resizeColumnsAVX2(&out[0], &in[0], src.stride, coef, pairs, n/columnBlock)
		if n%columnBlock > 0 { // the last block once more, up to the end
			resizeColumnsAVX2(&out[n-columnBlock], &in[n-columnBlock], src.stride, coef, pairs, 1)
		}
	}
	return true
}
