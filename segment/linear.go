package segment

import (
	"context"

	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/tensor"
)

// linear fits maps as linear functions of the colours in windows. What depends only
// on the colours is kept for all maps.
type linear struct {
	w, h   int
	colour [3][]float32 // (h, w), 0 to 1
	mean   [3][]float32 // of colour over the window
	weight [6][]float32 // (Σ + ε·1)⁻¹ over the window, the upper triangle by rows
	box    *box
	pool   *parallel.Pool

	cov      [3][]float32 // scratch: of a map with each colour, then a
	constant []float32    // scratch: mean of a map, then b
}

// triangle is the rows and columns of weight.
var triangle = [6][2]int{{0, 0}, {0, 1}, {0, 2}, {1, 1}, {1, 2}, {2, 2}}

// newLinear works on means of step² pixels; the radius counts these.
func newLinear(
	ctx context.Context, guide tensor.Image, step, radius int, eps float64, pool *parallel.Pool,
) (*linear, error) {
	l := &linear{w: guide.W / step, h: guide.H / step, pool: pool}
	l.box = newBox(l.h, l.w, radius, pool)
	plane := func() []float32 { return make([]float32, l.w*l.h) }
	l.constant = plane()
	for c := range 3 {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		l.colour[c], l.mean[c], l.cov[c] = plane(), plane(), plane()
		l.shrink(l.colour[c], guide, c, step)
		l.box.mean(l.mean[c], l.colour[c])
	}
	for t, at := range triangle {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		l.weight[t] = plane()
		l.covariance(l.weight[t], l.colour[at[0]], l.colour[at[1]], l.mean[at[0]], l.mean[at[1]])
	}
	l.pool.For(l.h, func(_, y int) {
		for i := y * l.w; i < (y+1)*l.w; i++ {
			l.invert(i, eps)
		}
	})
	return l, nil
}

func (l *linear) shrink(dst []float32, guide tensor.Image, c, step int) {
	l.pool.For(l.h, func(_, y int) {
		for x := range l.w {
			sum := 0
			for dy := range step {
				for dx := range step {
					sum += int(guide.Pix[((y*step+dy)*guide.W+x*step+dx)*3+c])
				}
			}
			dst[y*l.w+x] = float32(sum) / float32(255*step*step)
		}
	})
}

// covariance sets dst to mean(a·b) − mean(a)·mean(b) over the window.
func (l *linear) covariance(dst, a, b, meanA, meanB []float32) {
	l.pool.For(l.h, func(_, y int) {
		for i := y * l.w; i < (y+1)*l.w; i++ {
			dst[i] = a[i] * b[i]
		}
	})
	l.box.mean(dst, dst)
	l.pool.For(l.h, func(_, y int) {
		for i := y * l.w; i < (y+1)*l.w; i++ {
			dst[i] -= meanA[i] * meanB[i]
		}
	})
}

// invert replaces Σ of pixel i by the inverse of Σ + ε·1, by cofactors.
func (l *linear) invert(i int, eps float64) {
	var s [6]float64
	for t := range s {
		s[t] = float64(l.weight[t][i])
	}
	s[0], s[3], s[5] = s[0]+eps, s[3]+eps, s[5]+eps
	cofactor := [6]float64{
		s[3]*s[5] - s[4]*s[4], s[2]*s[4] - s[1]*s[5], s[1]*s[4] - s[2]*s[3],
		s[0]*s[5] - s[2]*s[2], s[1]*s[2] - s[0]*s[4],
		s[0]*s[3] - s[1]*s[1],
	}
	det := s[0]*cofactor[0] + s[1]*cofactor[1] + s[2]*cofactor[2]
	for t := range s {
		l.weight[t][i] = float32(cofactor[t] / det)
	}
}

// fit sets dst[i·stride : i·stride + 4] to mean(a) and mean(b) of map p at pixel i.
func (l *linear) fit(p, dst []float32, stride int) {
	l.box.mean(l.constant, p)
	for c := range 3 {
		l.covariance(l.cov[c], l.colour[c], p, l.mean[c], l.constant)
	}
	l.pool.For(l.h, func(_, y int) {
		for i := y * l.w; i < (y+1)*l.w; i++ {
			l.solve(i)
		}
	})
	for c, plane := range [][]float32{l.cov[0], l.cov[1], l.cov[2], l.constant} {
		l.box.mean(plane, plane)
		l.pool.For(l.h, func(_, y int) {
			for i := y * l.w; i < (y+1)*l.w; i++ {
				dst[i*stride+c] = plane[i]
			}
		})
	}
}

func (l *linear) solve(i int) {
	w, x, y, z := &l.weight, l.cov[0][i], l.cov[1][i], l.cov[2][i]
	a := [3]float32{
		w[0][i]*x + w[1][i]*y + w[2][i]*z,
		w[1][i]*x + w[3][i]*y + w[4][i]*z,
		w[2][i]*x + w[4][i]*y + w[5][i]*z,
	}
	for c := range a {
		l.cov[c][i] = a[c]
		l.constant[i] -= a[c] * l.mean[c][i]
	}
}
