package augment

import (
	"math"

	"github.com/amdim/amdim/tensor"
)

// Hue turns the hue of img in place by factor of a full circle, −0.5 ≤ factor ≤
// 0.5. It goes through 8-bit HSV as Pillow does (Smith 1978, "Color gamut
// transform pairs", SIGGRAPH, with h in units of 1/255), so factor 0 still rounds.
func Hue(img tensor.Image, factor float64) {
	shift := uint8(int(factor * 255)) // cut toward zero, modulo 256
	for p := img.Pix; len(p) >= 3; p = p[3:] {
		h, s, v := toHSV(p[0], p[1], p[2])
		p[0], p[1], p[2] = toRGB(h+shift, s, v)
	}
}

// toHSV rounds where Pillow does: quotients to float32, the rest in float64,
// the results cut toward zero.
func toHSV(r, g, b uint8) (h, s, v uint8) {
	v = max(r, g, b)
	low := min(r, g, b)
	if low == v {
		return 0, 0, v
	}
	chroma := float32(v - low)
	rc := float32(v-r) / chroma
	gc := float32(v-g) / chroma
	bc := float32(v-b) / chroma
	var sextant float32 // hue in sixths of the circle, −1..5
	switch v {
	case r:
		sextant = bc - gc
	case g:
		sextant = float32(2 + float64(rc) - float64(bc))
	default:
		sextant = float32(4 + float64(gc) - float64(rc))
	}
	turn := float64(sextant)/6 + 1
	if turn >= 1 {
		turn--
	}
	h = uint8(float64(float32(turn)) * 255)
	s = uint8(float64(chroma/float32(v)) * 255)
	return h, s, v
}

// toRGB is the inverse of toHSV up to rounding.
func toRGB(h, s, v uint8) (r, g, b uint8) {
	if s == 0 {
		return v, v, v
	}
	at := &hueCircle[h]
	sat, value := saturation[s], float64(v)
	p := round(value * (1 - float64(sat)))
	q := round(value * (1 - float64(sat*at.fraction)))
	t := round(value * (1 - float64(float64(sat)*(1-float64(at.fraction)))))
	switch at.sextant {
	case 0:
		return v, t, p
	case 1:
		return q, v, p
	case 2:
		return p, v, t
	case 3:
		return p, q, v
	case 4:
		return t, p, v
	default:
		return v, p, q
	}
}

// round returns the integer nearest to x ≥ 0.
func round(x float64) uint8 { return uint8(float64(x) + 0.5) }

// huePosition is a hue as the sextant of the circle and the way through it.
type huePosition struct {
	sextant  uint8
	fraction float32
}

var hueCircle, saturation = hsvTables()

func hsvTables() (circle [256]huePosition, saturation [256]float32) {
	for i := range 256 {
		x := float64(i) * 6 / 255
		n := math.Floor(x)
		circle[i] = huePosition{uint8(n) % 6, float32(x - n)}
		saturation[i] = float32(float64(i) / 255)
	}
	return circle, saturation
}
