package segment

import (
	"fmt"
	"math"
)

// Grid is k values for each cell of a grid laid over an image. Pixel centres have
// integer coordinates: the centre of cell (row i, column j) is at row Y0 + i·DY and
// column X0 + j·DX of the image.
type Grid struct {
	H, W, K int
	V       []float32 // (H, W, K)
	X0, Y0  float64   // pixels
	DX, DY  float64   // pixels, above 0
}

// Over returns the grid's values at every pixel of an image of (h, w), bilinear between
// cell centres; beyond the outermost centres the edge values continue.
func (g Grid) Over(h, w int) Soft {
	if g.W < 1 || g.H < 1 || g.K < 1 || len(g.V) != g.H*g.W*g.K || !(g.DX > 0) || !(g.DY > 0) {
		panic(fmt.Sprintf("segment: Grid: %d values for (%d, %d, %d) with steps %g and %g",
			len(g.V), g.H, g.W, g.K, g.DX, g.DY))
	}
	return resampled{g, taps(w, g.W, g.X0, g.DX), taps(h, g.H, g.Y0, g.DY)}
}

// Scaled returns the grid over the same image with y times the height and x times the width.
func (g Grid) Scaled(y, x float64) Grid {
	g.X0, g.DX = (g.X0+0.5)*x-0.5, g.DX*x
	g.Y0, g.DY = (g.Y0+0.5)*y-0.5, g.DY*y
	return g
}

// tap is the value before·(1 − part) + after·part.
type tap struct {
	before, after int
	part          float32
}

// taps returns the cells of a line of n between which each of the pixels lies.
func taps(pixels, n int, start, step float64) []tap {
	t := make([]tap, pixels)
	for i := range t {
		at := min(max((float64(i)-start)/step, 0), float64(n-1))
		whole := math.Floor(at)
		t[i] = tap{int(whole), min(int(whole)+1, n-1), float32(at - whole)}
	}
	return t
}

type resampled struct {
	g       Grid
	columns []tap
	rows    []tap
}

func (r resampled) Size() (h, w, k int) { return len(r.rows), len(r.columns), r.g.K }

func (r resampled) Row(dst []float32, y int) {
	k, stride, t := r.g.K, r.g.W*r.g.K, r.rows[y]
	line := r.g.V[t.before*stride : (t.before+1)*stride]
	if t.part > 0 {
		mixed := make([]float32, stride)
		mix(mixed, line, r.g.V[t.after*stride:(t.after+1)*stride], t.part)
		line = mixed
	}
	for x, t := range r.columns {
		mix(dst[x*k:(x+1)*k], line[t.before*k:(t.before+1)*k], line[t.after*k:(t.after+1)*k], t.part)
	}
}

func mix(dst, before, after []float32, part float32) {
	before, after = before[:len(dst)], after[:len(dst)]
	for i := range dst {
		dst[i] = before[i] + part*(after[i]-before[i])
	}
}

// component returns value j of every cell, as a grid.
func (g Grid) component(j int) Grid {
	v := make([]float32, g.W*g.H)
	for i := range v {
		v[i] = g.V[i*g.K+j]
	}
	g.K, g.V = 1, v
	return g
}
