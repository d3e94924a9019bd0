package augment

import "github.com/amdim/amdim/tensor"

// autoContrast stretches each channel of img in place to 0–255; a channel with a
// single value is left alone.
func autoContrast(img tensor.Image) {
	var h histogram
	h.count(img)
	var t lookup
	for c := range t {
		lo, hi := ends(&h[c])
		scale, offset := 1.0, 0.0
		if hi > lo {
			scale = 255 / float64(hi-lo)
			offset = -float64(lo) * scale
		}
		for v := range t[c] {
			t[c][v] = uint8(min(max(float64(float64(v)*scale)+offset, 0), 255)) // truncated toward zero
		}
	}
	t.apply(img)
}
