package data

import (
	"image"

	"golang.org/x/image/vector"

	"github.com/amdim/amdim/tensor"
)

// brush paints outlines with the exact coverage of each pixel. One per worker.
type brush struct {
	raster vector.Rasterizer
	alpha  image.Alpha
}

// cover returns how much of each of h×w pixels s covers, out of 255. The result
// is valid until the next call. The picture has sides of length 1.
func (b *brush) cover(s silhouette, h, w int) []uint8 {
	b.raster.Reset(w, h)
	for _, outline := range s {
		for i, p := range outline {
			x, y := float32(p.x*float64(w)), float32(p.y*float64(h))
			if i == 0 {
				b.raster.MoveTo(x, y)
			} else {
				b.raster.LineTo(x, y)
			}
		}
		b.raster.ClosePath()
	}
	if b.alpha.Rect != b.raster.Bounds() {
		b.alpha = *image.NewAlpha(b.raster.Bounds())
	}
	clear(b.alpha.Pix)
	b.raster.Draw(&b.alpha, b.alpha.Rect, image.Opaque, image.Point{})
	return b.alpha.Pix
}

// mask is 1 where s covers at least half of a pixel, else 0; it is valid as
// long as cover's result.
func (b *brush) mask(s silhouette, h, w int) []uint8 {
	mask := b.cover(s, h, w)
	for i, a := range mask {
		mask[i] = a >> 7
	}
	return mask
}

// paint blends a patch into img.
func (b *brush) paint(img tensor.Image, p patch) {
	for i, a := range b.cover(p.outline, img.H, img.W) {
		if a == 0 {
			continue
		}
		for k, v := range p.colour {
			at := &img.Pix[3*i+k]
			*at = level(mix(float64(*at)/255, v, float64(a)/255))
		}
	}
}
