package augment

import (
	"math"

	"github.com/amdim/amdim/tensor"
)

// hue turns the hue of img in place by factor of a full circle, −0.5 ≤ factor ≤
// 0.5. It goes through 8-bit HSV as Pillow does (Smith 1978, "Color gamut
// transform pairs", SIGGRAPH, with h in units of 1/255), so factor 0 still rounds.
func hue(img tensor.Image, factor float64) {
	shift := uint8(int(factor * 255)) // truncated toward zero, modulo 256
	n := hueVector(img.Pix, shift)
	hueGeneric(img.Pix[n:], shift)
}

func hueGeneric(pix []uint8, shift uint8) {
	for p := pix; len(p) >= 3; p = p[3:] {
		h, s, v := toHSV(p[0], p[1], p[2])
		p[0], p[1], p[2] = toRGB(h+shift, s, v)
	}
}

// toHSV rounds where Pillow does: quotients to float32, the rest in float64,
// the results truncated toward zero.
func toHSV(r, g, b uint8) (h, s, v uint8) {
	v = max(r, g, b)
	low := min(r, g, b)
	if low == v {
		return 0, 0, v
	}
	// The hue is an even sixth of the circle, plus how far x is below the largest
	// channel, minus how far y is. (Written so that the compiler needs no branch.)
	sixth, x, y := 4.0, g, r
	if v == g {
		sixth, x, y = 2, r, b
	}
	if v == r {
		sixth, x, y = 0, b, g
	}
	chroma := float32(v - low)
	sixths := float32(sixth + float64(float32(v-x)/chroma) - float64(float32(v-y)/chroma))
	turn := float64(sixths)/6 + 1
	if turn >= 1 {
		turn--
	}
	h = uint8(float64(float32(turn)) * 255)
	s = uint8(float64(chroma/float32(v)) * 255)
	return h, s, v
}

// toRGB is the inverse of toHSV up to rounding.
func toRGB(h, s, v uint8) (r, g, b uint8) {
	at := &hueCircle[h]
	sat, value := saturations[s], float64(v)
	p := round(value * (1 - float64(sat)))
	q := round(value * (1 - float64(sat*at.fraction)))
	t := round(value * (1 - float64(float64(sat)*(1-float64(at.fraction)))))
	all := uint32(v) | p<<8 | q<<16 | t<<24
	return uint8(all >> at.r), uint8(all >> at.g), uint8(all >> at.b)
}

// round returns the integer nearest to x ≥ 0.
func round(x float64) uint32 { return uint32(float64(x) + 0.5) }

// huePosition is a hue's position within its sixth of the circle, and by how
// many bits toRGB's word of v, p, q, t is shifted for each channel there.
type huePosition struct {
	fraction float32
	r, g, b  uint8
}

var hueCircle, saturations = hsvTables()

func hsvTables() (circle [256]huePosition, saturation [256]float32) {
	const v, p, q, t = 0, 8, 16, 24
	channels := [6][3]uint8{{v, t, p}, {q, v, p}, {p, v, t}, {p, q, v}, {t, p, v}, {v, p, q}}
	for i := range 256 {
		x := float64(i) * 6 / 255
		n := math.Floor(x)
		c := channels[int(n)%6]
		circle[i] = huePosition{float32(x - n), c[0], c[1], c[2]}
		saturation[i] = float32(float64(i) / 255)
	}
	return circle, saturation
}
