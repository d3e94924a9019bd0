package augment

import (
	"math"

	"github.com/amdim/amdim/tensor"
)

// affine sets dst to src transformed by an affine map, with nearest-pixel sampling:
// dst at (x, y) is src at (m₀x + m₁y + m₂, m₃x + m₄y + m₅), measured at pixel centres;
// black where that is outside. Positions are rounded as Pillow's Image.transform
// rounds them, to 2⁻¹⁶ pixel for sides of less than 2¹⁵. dst and src must not overlap.
func affine(dst, src tensor.Image, m [6]float64) {
	checkSame("affine", dst, src)
	clear(dst.Pix)
	if m[1] == 0 && m[3] == 0 {
		scale(dst, src, m)
		return
	}
	x0, dx, dxRow := fixed(m[2]+float64(m[0]*0.5)+float64(m[1]*0.5)), fixed(m[0]), fixed(m[1])
	y0, dy, dyRow := fixed(m[5]+float64(m[3]*0.5)+float64(m[4]*0.5)), fixed(m[3]), fixed(m[4])
	out := dst.Pix
	for range dst.H {
		x, y := x0, y0
		for range dst.W {
			// A negative position is a large unsigned one: one comparison each.
			if u, v := uint(x>>16), uint(y>>16); u < uint(src.W) && v < uint(src.H) {
				p := src.Pix[(v*uint(src.W)+u)*3:]
				out[0], out[1], out[2] = p[0], p[1], p[2]
			}
			out = out[3:]
			x, y = x+dx, y+dy
		}
		x0, y0 = x0+dxRow, y0+dyRow
	}
}

// fixed is v in 16.16 fixed point.
func fixed(v float64) int { return int(math.Floor(float64(v*65536) + 0.5)) }

// scale is affine for a map that keeps rows and columns.
func scale(dst, src tensor.Image, m [6]float64) {
	v := m[5] + float64(m[4]*0.5)
	for i := range dst.H {
		if 0 <= v && v < float64(src.H) {
			u := m[2] + float64(m[0]*0.5)
			for j := range dst.W {
				if 0 <= u && u < float64(src.W) {
					copy(dst.At(i, j), src.At(int(v), int(u)))
				}
				u += m[0]
			}
		}
		v += m[4]
	}
}
