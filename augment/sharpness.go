package augment

import "github.com/amdim/amdim/tensor"

// Sharpness sets dst to src moved away from its smoothed self by factor ≥ 0: 0 is
// smooth, 1 changes nothing. A smooth pixel is the mean of itself, counted five
// times, and its eight neighbours; the border is not smoothed. dst and src must
// not overlap.
func Sharpness(dst, src tensor.Image, factor float64) {
	checkSame("Sharpness", dst, src)
	copy(dst.Pix, src.Pix)
	row := src.W * 3
	for y := 1; y < src.H-1; y++ {
		rows := src.Pix[(y-1)*row:][:3*row]
		sharpenRow(dst.Pix[y*row:][:row], rows[:row], rows[row:2*row], rows[2*row:], float32(factor))
	}
}

// sharpenRow sets all of dst but the pixels at its ends.
func sharpenRow(dst, above, here, below []uint8, alpha float32) {
	n := len(dst)
	above, here, below = above[:n], here[:n], below[:n]
	for i := 3; i < n-3; i++ {
		sum := 4 * int(here[i])
		for j := i - 3; j <= i+3; j += 3 {
			sum += int(above[j]) + int(here[j]) + int(below[j])
		}
		smooth := uint8((sum + 6) / 13) // to the nearest: thirteenths have no half
		dst[i] = blend(smooth, here[i], alpha)
	}
}
