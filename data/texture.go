package data

import (
	"math"

	"github.com/amdim/amdim/internal/rng"
)

// texture is a pattern of values in [0, 1] over the picture, whose sides have length 1.
type texture func(p point) float64

// textures each draw a pattern.
var textures = []func(*rng.Stream) texture{gradient, stripes, checks, clouds, blobs}

func gradient(s *rng.Stream) texture {
	sin, cos := math.Sincos(s.Uniform(0, 2*math.Pi))
	return func(p point) float64 {
		return min(max(0.5+0.8*((p.x-0.5)*cos+(p.y-0.5)*sin), 0), 1)
	}
}

// stripes are 2 to 5 waves at any angle.
func stripes(s *rng.Stream) texture {
	sin, cos := math.Sincos(s.Uniform(0, 2*math.Pi))
	phase, k := s.Uniform(0, 2*math.Pi), 2*math.Pi*s.Uniform(2, 5)
	return func(p point) float64 { return 0.5 + 0.5*math.Sin(phase+k*(p.x*cos+p.y*sin)) }
}

// checks are two crossed sets of waves.
func checks(s *rng.Stream) texture {
	sin, cos := math.Sincos(s.Uniform(0, 2*math.Pi))
	k := 2 * math.Pi * s.Uniform(1.5, 4)
	a, b := s.Uniform(0, 2*math.Pi), s.Uniform(0, 2*math.Pi)
	return func(p point) float64 {
		return 0.5 + 0.5*math.Sin(a+k*(p.x*cos+p.y*sin))*math.Sin(b+k*(p.y*cos-p.x*sin))
	}
}

// clouds are value noise: random values on a lattice of 3 to 8 cells a side,
// smoothly interpolated.
func clouds(s *rng.Stream) texture {
	const most = 8
	cells := 3 + s.IntN(most-2)
	var lattice [most + 1][most + 1]float64
	for y := range cells + 1 {
		for x := range cells + 1 {
			lattice[y][x] = s.Float64()
		}
	}
	return func(p point) float64 {
		x, u := cell(p.x, cells)
		y, v := cell(p.y, cells)
		return mix(mix(lattice[y][x], lattice[y][x+1], u), mix(lattice[y+1][x], lattice[y+1][x+1], u), v)
	}
}

// cell returns the cell in which t in [0, 1) lies and the position there, eased
// (3u² − 2u³).
func cell(t float64, cells int) (int, float64) {
	whole, u := math.Modf(t * float64(cells))
	return int(whole), u * u * (3 - 2*u)
}

// blobs are 6 soft spots.
func blobs(s *rng.Stream) texture {
	var centre [6]point
	var rate [6]float64
	for i := range centre {
		centre[i] = point{s.Float64(), s.Float64()}
		r := s.Uniform(0.06, 0.16)
		rate[i] = 1 / (r * r)
	}
	return func(p point) float64 {
		sum := 0.0
		for i, c := range centre {
			dx, dy := p.x-c.x, p.y-c.y
			sum += math.Exp(-(dx*dx + dy*dy) * rate[i])
		}
		return min(sum, 1)
	}
}

func mix(a, b, t float64) float64 { return a + (b-a)*t }
