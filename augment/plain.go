package augment

import "github.com/amdim/amdim/tensor"

// Plain sets dst, of Size×Size×3 bytes, to the test transform of img: its shorter
// side is resized to Config.Resize, then the centre is cropped. An image of
// Size×Size is copied if Resize is Size.
func (c Config) Plain(dst []uint8, img tensor.Image, s *Scratch) {
	c.plain(c.view(dst), img, false, s)
}

// plain is Plain of img or, if mirrored, of its mirror image.
func (c Config) plain(view, img tensor.Image, mirrored bool, s *Scratch) {
	img.Check()
	h, w := shorterSide(img.H, img.W, c.resize())
	if h != img.H || w != img.W {
		resized := image(&s.resized, h, w)
		resizedCrop(resized, img, rectangle{H: img.H, W: img.W}, mirrored, s)
		img, mirrored = resized, false
	}
	crop(view, img, toEven(float64(h-view.H)/2), toEven(float64(w-view.W)/2), mirrored)
}

// shorterSide scales h×w to n pixels on the shorter side, truncating the longer one.
func shorterSide(h, w, n int) (int, int) {
	if w <= h {
		return n * h / w, n
	}
	return n, n * w / h
}
