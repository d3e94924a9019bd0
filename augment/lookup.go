package augment

import "github.com/amdim/amdim/tensor"

// lookup is a function of one byte per channel.
type lookup [3][256]uint8

// apply replaces each value of img using its channel's table.
func (t *lookup) apply(img tensor.Image) {
	for p := img.Pix; len(p) >= 3; p = p[3:] {
		p[0], p[1], p[2] = t[0][p[0]], t[1][p[1]], t[2][p[2]]
	}
}

// applyTo replaces each value v of img, whatever its channel, by f(v).
func applyTo(img tensor.Image, f func(v uint8) uint8) {
	var table [256]uint8
	for v := range table {
		table[v] = f(uint8(v))
	}
	for i, v := range img.Pix {
		img.Pix[i] = table[v]
	}
}

// histogram counts the values of each channel.
type histogram [3][256]int

func (h *histogram) count(img tensor.Image) {
	for p := img.Pix; len(p) >= 3; p = p[3:] {
		h[0][p[0]]++
		h[1][p[1]]++
		h[2][p[2]]++
	}
}

// ends returns the least and the largest value that one channel has.
func ends(counts *[256]int) (lo, hi int) {
	lo, hi = 0, 255
	for lo < hi && counts[lo] == 0 {
		lo++
	}
	for hi > lo && counts[hi] == 0 {
		hi--
	}
	return lo, hi
}
