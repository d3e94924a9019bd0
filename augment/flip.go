package augment

import "github.com/amdim/amdim/tensor"

// Flip sets dst to src mirrored left to right. They must not overlap.
func Flip(dst, src tensor.Image) {
	checkSame("Flip", dst, src)
	row := src.W * 3
	for y := range src.H {
		d, s := dst.Pix[y*row:(y+1)*row], src.Pix[y*row:(y+1)*row]
		for i, j := 0, row-3; j >= 0; i, j = i+3, j-3 {
			d[i], d[i+1], d[i+2] = s[j], s[j+1], s[j+2]
		}
	}
}
