package augment

import "github.com/amdim/amdim/tensor"

// sharpness sets dst to src moved away from its smoothed self by factor ≥ 0: 0 is
// smooth, 1 changes nothing. A smooth pixel is the mean of itself, counted five
// times, and its eight neighbours; the border is not smoothed. dst and src must
// not overlap.
func sharpness(dst, src tensor.Image, factor float64) {
	checkSame("sharpness", dst, src)
	copy(dst.Pix, src.Pix)
	row := src.W * 3
	for y := 1; y < src.H-1; y++ {
		rows := src.Pix[(y-1)*row:][:3*row]
		sharpenRow(dst.Pix[y*row:][:row], rows[:row], rows[row:2*row], rows[2*row:], float32(factor))
	}
}

// sharpenRow sets all of dst except the pixels at its ends, channel by channel: sums
// over columns of three are carried along.
func sharpenRow(dst, above, here, below []uint8, alpha float32) {
	n := len(dst)
	above, here, below = above[:n], here[:n], below[:n]
	column := func(i int) int { return int(above[i]) + int(here[i]) + int(below[i]) }
	for c := range min(3, n-3) {
		left, middle := column(c), column(c+3)
		for i := c + 3; i < n-3; i += 3 {
			right := column(i + 3)
			smooth := uint8((left + middle + right + 4*int(here[i]) + 6) / 13) // nearest: thirteenths have no half
			dst[i] = blend(smooth, here[i], alpha)
			left, middle = middle, right
		}
	}
}
