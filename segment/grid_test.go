package segment

import (
	"math"
	"slices"
	"testing"

	"github.com/amdim/amdim/internal/rng"
)

func rowsOf(s Soft) []float32 {
	h, w, k := s.Size()
	all := make([]float32, w*h*k)
	for y := range h {
		s.Row(all[y*w*k:(y+1)*w*k], y)
	}
	return all
}

// A function linear in column and row is what bilinear interpolation keeps.
func TestGridKeepsLinearFunctionsBetweenItsCentres(t *testing.T) {
	f := func(x, y float64, c int) float64 { return 2 + float64(c) + 0.5*x - 0.25*y*float64(1-c) }
	g := Grid{W: 5, H: 4, K: 2, V: make([]float32, 40), X0: 1.5, Y0: 2.25, DX: 3.5, DY: 2}
	for i := range g.V {
		cell := i / 2
		g.V[i] = float32(f(g.X0+g.DX*float64(cell%5), g.Y0+g.DY*float64(cell/5), i%2))
	}
	const w, h = 20, 13
	right, bottom := g.X0+4*g.DX, g.Y0+3*g.DY
	for i, got := range rowsOf(g.Over(h, w)) {
		x, y := float64(i/2%w), float64(i/2/w)
		x, y = min(max(x, g.X0), right), min(max(y, g.Y0), bottom) // outside the edge goes on
		if want := f(x, y, i%2); !near(float64(got), want, 1e-5) {
			t.Fatalf("value %d of column %v, row %v: %v, want %v", i%2, x, y, got, want)
		}
	}
}

// Pixel i of an image that is made s times as large lies where (i+½)/s−½ was.
func TestAScaledGridLiesOverTheSamePicture(t *testing.T) {
	g := Grid{W: 6, H: 5, K: 1, V: make([]float32, 30), X0: 1.5, Y0: 0.5, DX: 3, DY: 2.5}
	for i := range g.V {
		g.V[i] = float32(g.X0+g.DX*float64(i%6)) - 2*float32(g.Y0+g.DY*float64(i/6))
	}
	for _, scale := range [][2]float64{{1, 1}, {2, 2}, {0.5, 0.25}, {1.5, 3}} {
		w, h := int(18*scale[0]), int(12*scale[1])
		for i, got := range rowsOf(g.Scaled(scale[1], scale[0]).Over(h, w)) {
			x := min(max((float64(i%w)+0.5)/scale[0]-0.5, g.X0), g.X0+5*g.DX)
			y := min(max((float64(i/w)+0.5)/scale[1]-0.5, g.Y0), g.Y0+4*g.DY)
			if want := x - 2*y; !near(float64(got), want, 1e-4) {
				t.Fatalf("scaled by %v, column %d of row %d: %v, want %v", scale, i%w, i/w, got, want)
			}
		}
	}
}

func TestGridOfPixelsIsItself(t *testing.T) {
	s := rng.New(1, 0, 0, rng.Sample)
	g := Grid{W: 7, H: 5, K: 3, V: randomPlane(&s, 7*5*3), DX: 1, DY: 1}
	if got := rowsOf(g.Over(5, 7)); !slices.Equal(got, g.V) {
		t.Error("values changed")
	}
}

func TestGridOfOneCellIsConstant(t *testing.T) {
	g := Grid{W: 1, H: 1, K: 2, V: []float32{0.25, 0.75}, X0: 100, Y0: -3, DX: 1e-3, DY: 1e9}
	if got := rowsOf(g.Over(2, 3)); !slices.Equal(got, slices.Repeat(g.V, 6)) {
		t.Error(got)
	}
}

func TestArgmaxTakesTheFirstOfTheLargest(t *testing.T) {
	g := Grid{W: 3, H: 2, K: 3, DX: 1, DY: 1, V: []float32{
		0, 1, 0, 0.5, 0.5, 0, 0.2, 0.3, 0.5,
		-3, -2, -1, 0, 0, 0, 9, 8, 9,
	}}
	m, confidence, err := Argmax(t.Context(), g.Over(2, 3), 2)
	if err != nil || !slices.Equal(m.Label, []int32{1, 0, 2, 2, 0, 0}) ||
		!slices.Equal(confidence, []float32{1, 0.5, 0.5, -1, 0, 9}) {
		t.Error(m.Label, confidence)
	}
}

func TestArgmaxDoesNotDependOnThreads(t *testing.T) {
	s := rng.New(2, 0, 0, rng.Sample)
	g := Grid{W: 6, H: 4, K: 5, V: randomPlane(&s, 120), X0: 3, Y0: 2, DX: 9, DY: 8}
	want, confidence, err := Argmax(t.Context(), g.Over(37, 61), 1)
	if err != nil {
		t.Fatal(err)
	}
	got, c, err := Argmax(t.Context(), g.Over(37, 61), 5)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.Label, want.Label) || !slices.Equal(c, confidence) {
		t.Error("threads change the map")
	}
	if slices.Min(confidence) < 0 || slices.Max(confidence) > 1 || math.IsNaN(float64(slices.Max(confidence))) {
		t.Error("interpolation leaves the range of its values")
	}
}

func randomPlane(s *rng.Stream, n int) []float32 {
	p := make([]float32, n)
	for i := range p {
		p[i] = float32(s.Float64())
	}
	return p
}
