package data

import (
	"math"

	"github.com/amdim/amdim/internal/rng"
)

// colour is red, green and blue in [0, 1].
type colour [3]float64

// drawColour returns a colour with the given luma (ITU-R BT.601) and random hue
// and tint, brought into the RGB cube.
func drawColour(s *rng.Stream, luma float64) colour {
	const r, g, b = 0.299, 0.587, 0.114
	sin, cos := math.Sincos(s.Uniform(0, 2*math.Pi))
	tint := s.Uniform(0, mostTint)
	red, blue := tint*cos, tint*sin
	c := colour{luma + red, luma - (r*red+b*blue)/g, luma + blue}
	for k := range c {
		c[k] = min(max(c[k], 0), 1)
	}
	return c
}

// level returns v in [0, 1] as 8 bits.
func level(v float64) uint8 { return uint8(255*v + 0.5) }
