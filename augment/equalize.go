package augment

import "github.com/amdim/amdim/tensor"

// equalize makes the values of each channel of img in place about equally
// frequent, as Pillow's ImageOps does: value v becomes the number of pixels below
// it, in units of 1/255 of the pixels that do not have the largest value.
func equalize(img tensor.Image) {
	var h histogram
	h.count(img)
	var t lookup
	for c := range t {
		lo, hi := ends(&h[c])
		step := (img.H*img.W - h[c][hi]) / 255
		n := step / 2
		for v := range t[c] {
			if lo == hi || step == 0 { // nothing to spread
				t[c][v] = uint8(v)
				continue
			}
			t[c][v] = uint8(min(n/step, 255))
			n += h[c][v]
		}
	}
	t.apply(img)
}
