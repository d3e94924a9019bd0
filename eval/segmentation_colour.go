package eval

import (
	"math"

	"github.com/amdim/amdim/segment"
	"github.com/amdim/amdim/tensor"
)

// positionWeight is the weight of an image's longer side relative to a channel's
// range. With 1/4, 1/2, 1 and 2, 30 train images of BSDS500 cut into 6 have
// covering 0.437, 0.417, 0.411, 0.379 and VI 2.52, 2.47, 2.40, 2.52 bits.
const positionWeight = 0.5

// colours is g with the colour of an image at each location, and the location.
func colours(img tensor.Image, g segment.Grid) segment.Grid {
	g.K, g.V = 5, make([]float32, 0, g.H*g.W*5)
	side := float64(max(img.H, img.W))
	rows, cols := around(g.H, g.Y0, g.DY, img.H), around(g.W, g.X0, g.DX, img.W)
	for i, row := range rows {
		for j, col := range cols {
			rgb := mean(img, row, col)
			y, x := float64(i)*g.DY/side, float64(j)*g.DX/side
			g.V = append(g.V, rgb[0], rgb[1], rgb[2], float32(positionWeight*y), float32(positionWeight*x))
		}
	}
	return g
}

// window is pixels of a side from first on, with weights whose sum is 1.
type window struct {
	first  int
	weight []float64
}

// around returns the pixels around each of n locations, start and step apart: those between
// which bilinear interpolation would lie, or as many as the step is long.
func around(n int, start, step float64, side int) []window {
	reach := max(step, 1)
	all := make([]window, n)
	for i := range all {
		at := min(max(start+float64(i)*step, 0), float64(side-1))
		w := window{first: max(0, int(math.Ceil(at-reach)))}
		var sum float64
		for p := w.first; p < side && float64(p) <= at+reach; p++ {
			w.weight = append(w.weight, 1-math.Abs(float64(p)-at)/reach)
			sum += w.weight[len(w.weight)-1]
		}
		for k := range w.weight {
			w.weight[k] /= sum
		}
		all[i] = w
	}
	return all
}

// mean is the colour of an image in two windows, of 0 to 1.
func mean(img tensor.Image, rows, cols window) (rgb [3]float32) {
	var sum [3]float64
	for i, y := range rows.weight {
		for j, x := range cols.weight {
			at := ((rows.first+i)*img.W + cols.first + j) * 3
			for c := range sum {
				sum[c] += y * x * float64(img.Pix[at+c])
			}
		}
	}
	for c := range rgb {
		rgb[c] = float32(sum[c] / 255)
	}
	return rgb
}
