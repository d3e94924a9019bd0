package augment

import "github.com/amdim/amdim/tensor"

// Flip sets dst to src mirrored left to right. They must not overlap.
func Flip(dst, src tensor.Image) {
	checkSame("Flip", dst, src)
	row := src.W * 3
	for y := range src.H {
		flipRow(dst.Pix[y*row:(y+1)*row], src.Pix[y*row:(y+1)*row])
	}
}

// flipRow sets dst to the pixels of src, of equal length, from the last to the first.
func flipRow(dst, src []uint8) {
	for len(dst) >= 3 && len(src) >= 3 {
		j := len(src) - 3
		dst[0], dst[1], dst[2] = src[j], src[j+1], src[j+2]
		dst, src = dst[3:], src[:j]
	}
}
