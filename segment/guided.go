package segment

import (
	"context"
	"fmt"
	"math"

	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/tensor"
)

// Guided is the guided filter (He, Sun and Tang 2013, doi 10.1109/TPAMI.2012.213, for
// a guide of three channels): maps take on the edges of an image. In each window the
// output is the linear function of the guide's colour that is nearest to the map; a
// pixel gets the mean over its windows' functions,
//
//	q = mean(a)·I + mean(b),  a = (Σ + ε·1)⁻¹·cov(I, p),  b = mean(p) − a·mean(I)
//
// with the guide's colour I from 0 to 1 and its covariance Σ over the window. The
// filter is linear in p and preserves constants: maps that sum to 1 still do, but
// may leave [0, 1] slightly. A grey image acts as a grey guide with ε/3.
type Guided struct {
	Radius  int     // of windows, pixels of the image
	Eps     float64 // ε: edges with a lower variance are smoothed over; 0.01² to 0.4²
	Threads int     // 0: all; values do not depend on it

	// Step above 1 finds a and b on an image reduced by that factor, the means of Step²
	// pixels with p taken at their centres, and interpolates them at each pixel: the fast
	// guided filter (He and Sun 2015, arXiv 1505.00996). 0 is the least step with at most
	// 2²⁰ such means.
	//
	// With a smaller image of (H, W), memory is about 4·H·W·(4·k + 18) bytes.
	Step int
}

// Refine filters each of the grid's k maps at the guide's size. The result keeps a reference to
// the guide. When ctx is done, Refine ends between two maps, or planes of the guide, with the
// error of ctx.
func (f Guided) Refine(ctx context.Context, g Grid, guide tensor.Image) (Soft, error) {
	guide.Check()
	if f.Radius < 0 || !(f.Eps > 0) || f.Step < 0 {
		panic(fmt.Sprintf("segment: Guided: radius %d, eps %g, step %d", f.Radius, f.Eps, f.Step))
	}
	pool := parallel.New(f.Threads)
	defer pool.Close()
	step := f.step(guide)
	l, err := newLinear(ctx, guide, step, f.smallRadius(step), f.Eps, pool)
	if err != nil {
		return nil, err
	}
	shift := float64(step-1) / 2 // of the centre of step² pixels
	coefs := Grid{
		W: l.w, H: l.h, K: 4 * g.K, V: make([]float32, l.w*l.h*4*g.K),
		X0: shift, Y0: shift, DX: float64(step), DY: float64(step),
	}
	p := make([]float32, l.w*l.h)
	for j := range g.K {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		c := g.component(j)
		c.X0, c.DX = (c.X0-shift)/float64(step), c.DX/float64(step)
		c.Y0, c.DY = (c.Y0-shift)/float64(step), c.DY/float64(step)
		small := c.Over(l.h, l.w)
		pool.For(l.h, func(_, y int) { small.Row(p[y*l.w:(y+1)*l.w], y) })
		l.fit(p, coefs.V[4*j:], coefs.K)
	}
	return refined{coefs.Over(guide.H, guide.W), guide}, nil
}

func (f Guided) step(guide tensor.Image) int {
	step := f.Step
	if step == 0 {
		step = int(math.Ceil(math.Sqrt(float64(guide.W) * float64(guide.H) / (1 << 20))))
	}
	return min(step, guide.W, guide.H)
}

// smallRadius is the radius on the smaller image: rounded, and at least 1 unless
// it is 0, or there would be no window.
func (f Guided) smallRadius(step int) int {
	return max((f.Radius+step/2)/step, min(f.Radius, 1))
}

// refined is a and b of each map, (a red, a green, a blue, b), and the guide.
type refined struct {
	coefs Soft // (H, W, 4·K)
	guide tensor.Image
}

func (r refined) Size() (h, w, k int) {
	h, w, k = r.coefs.Size()
	return h, w, k / 4
}

func (r refined) Row(dst []float32, y int) {
	_, w, k := r.Size()
	coefs := make([]float32, w*4*k)
	r.coefs.Row(coefs, y)
	for x := range w {
		pixel := r.guide.At(y, x)
		red, green, blue := float32(pixel[0])/255, float32(pixel[1])/255, float32(pixel[2])/255
		for j := range k {
			c := coefs[(x*k+j)*4:][:4]
			dst[x*k+j] = c[0]*red + c[1]*green + c[2]*blue + c[3]
		}
	}
}
