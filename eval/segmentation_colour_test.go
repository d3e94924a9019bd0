package eval

import (
	"math"
	"testing"

	"github.com/amdim/amdim/segment"
	"github.com/amdim/amdim/tensor"
)

// In a picture whose red is the row and whose green is the column, a location has the colour of
// where it lies. Those on the border see one side of it alone.
func TestColoursAreThoseOfTheLocations(t *testing.T) {
	img := tensor.NewImage(60, 90)
	for i := range 60 * 90 {
		img.Pix[3*i], img.Pix[3*i+1], img.Pix[3*i+2] = uint8(i/90), uint8(i%90), 200
	}
	for _, step := range []float64{0.7, 1.25, 4, 7.5} {
		g := segment.Grid{
			H: int(60/step) + 1, W: int(90/step) + 1, Y0: -0.5, X0: -0.5, DY: step, DX: step,
		}
		got := colours(img, g)
		if got.H != g.H || got.W != g.W || got.K != 5 || len(got.V) != 5*g.H*g.W {
			t.Fatalf("step %g: a grid of %d × %d × %d", step, got.H, got.W, got.K)
		}
		for i := range g.H * g.W {
			v := got.V[5*i:]
			y, x := float64(i/g.W)*step, float64(i%g.W)*step
			for c, at := range []float64{y - 0.5, x - 0.5} {
				side, off := []float64{60, 90}[c], math.Abs(255*float64(v[c])-at)
				inside := at >= step && at < side-1-step
				if inside && off > 0.15 || off > 0.5+step/3 {
					t.Fatalf("step %g, location %d: colour of %g at %g", step, i, 255*v[c], at)
				}
			}
			if math.Abs(float64(v[2])-200./255) > 1e-6 {
				t.Fatalf("step %g: a plane of one colour has %g", step, v[2])
			}
			if math.Abs(float64(v[3])-y/180) > 1e-6 || math.Abs(float64(v[4])-x/180) > 1e-6 {
				t.Fatalf("step %g, location %d: position %g, %g", step, i, v[3], v[4])
			}
		}
	}
}
