package segment

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/tensor"
)

func farthest(a, b []float32) float64 {
	var d float64
	for i := range a {
		d = max(d, math.Abs(float64(a[i]-b[i])))
	}
	return d
}

// window calls visit for the pixels at most r rows and columns from (x, y).
func window(x, y, w, h, r int, visit func(i int)) {
	for v := max(0, y-r); v <= min(h-1, y+r); v++ {
		for u := max(0, x-r); u <= min(w-1, x+r); u++ {
			visit(v*w + u)
		}
	}
}

func TestBoxIsTheMeanOfAWindow(t *testing.T) {
	pool := parallel.New(2)
	defer pool.Close()
	s := rng.New(1, 0, 0, rng.Sample)
	for _, size := range [][2]int{{1, 1}, {7, 1}, {1, 9}, {13, 11}, {300, 3}, {257, 2}} {
		w, h := size[0], size[1]
		for _, r := range []int{0, 1, 2, 5, 40} {
			src := randomPlane(&s, w*h)
			want, got := make([]float32, w*h), make([]float32, w*h)
			for i := range want {
				var sum, n float64
				window(i%w, i/w, w, h, r, func(j int) { sum, n = sum+float64(src[j]), n+1 })
				want[i] = float32(sum / n)
			}
			b := newBox(h, w, r, pool)
			b.mean(got, src)
			if d := farthest(got, want); d > 2e-7 { // two roundings to float32
				t.Errorf("%d×%d radius %d: off by %g", w, h, r, d)
			}
			b.mean(src, src)
			if !slices.Equal(src, got) {
				t.Errorf("%d×%d radius %d: in place differs", w, h, r)
			}
		}
	}
}

// guidedByDefinition fits each window on its own, by normal equations in float64.
func guidedByDefinition(p []float32, img tensor.Image, r int, eps float64) []float32 {
	w, h := img.W, img.H
	colour := func(i, c int) float64 { return float64(img.Pix[3*i+c]) / 255 }
	fits := make([][4]float64, w*h)
	for i := range fits {
		var n, mp float64
		var m, cov [3]float64
		var sigma [3][4]float64 // the last column is cov
		window(i%w, i/w, w, h, r, func(j int) {
			n++
			mp += float64(p[j])
			for c := range 3 {
				m[c] += colour(j, c)
			}
		})
		window(i%w, i/w, w, h, r, func(j int) {
			for c := range 3 {
				cov[c] += (colour(j, c) - m[c]/n) * (float64(p[j]) - mp/n) / n
				for d := range 3 {
					sigma[c][d] += (colour(j, c) - m[c]/n) * (colour(j, d) - m[d]/n) / n
				}
			}
		})
		for c := range 3 {
			sigma[c][c] += eps
			sigma[c][3] = cov[c]
		}
		a := eliminate(sigma)
		fits[i] = [4]float64{a[0], a[1], a[2], mp/n - (a[0]*m[0]+a[1]*m[1]+a[2]*m[2])/n}
	}
	q := make([]float32, w*h)
	for i := range q {
		var sum, n float64
		window(i%w, i/w, w, h, r, func(j int) {
			f := fits[j]
			sum += f[0]*colour(i, 0) + f[1]*colour(i, 1) + f[2]*colour(i, 2) + f[3]
			n++
		})
		q[i] = float32(sum / n)
	}
	return q
}

// eliminate solves a system whose pivots are not 0.
func eliminate(m [3][4]float64) [3]float64 {
	for i := range m {
		for j := range m {
			if f := m[j][i] / m[i][i]; j != i {
				for k := range m[j] {
					m[j][k] -= f * m[i][k]
				}
			}
		}
	}
	return [3]float64{m[0][3] / m[0][0], m[1][3] / m[1][1], m[2][3] / m[2][2]}
}

// refined is Refine in a context that is never done.
func (f Guided) refined(g Grid, guide tensor.Image) Soft {
	soft, err := f.Refine(context.Background(), g, guide)
	if err != nil {
		panic(err)
	}
	return soft
}

// filter refines one map p, (H, W) of the guide.
func (f Guided) filter(p []float32, guide tensor.Image) []float32 {
	q := make([]float32, len(p))
	soft := f.refined(Grid{W: guide.W, H: guide.H, K: 1, V: p, DX: 1, DY: 1}, guide)
	for y := range guide.H {
		soft.Row(q[y*guide.W:(y+1)*guide.W], y)
	}
	return q
}

func TestGuidedEqualsTheDefinition(t *testing.T) {
	s := rng.New(2, 0, 0, rng.Sample)
	for _, c := range []struct {
		w, h, r int
		eps     float64
	}{{9, 7, 2, 0.01}, {1, 1, 3, 0.1}, {12, 1, 1, 0.04}, {16, 11, 0, 0.1}, {10, 10, 30, 0.0025}} {
		img, p := randomImage(&s, c.h, c.w), randomPlane(&s, c.w*c.h)
		want := guidedByDefinition(p, img, c.r, c.eps)
		got := Guided{Radius: c.r, Eps: c.eps, Step: 1}.filter(p, img)
		if d := farthest(got, want); d > 2e-5 { // float32 variances, over eps
			t.Errorf("%+v: off by %g", c, d)
		}
	}
}

func TestGuidedKeepsConstantsAndSums(t *testing.T) {
	s := rng.New(3, 0, 0, rng.Sample)
	const w, h, k = 33, 21, 3
	img := randomImage(&s, h, w)
	for _, step := range []int{1, 4} {
		f := Guided{Radius: 6, Eps: 0.01, Step: step}
		g := Grid{W: 5, H: 4, K: k, V: randomPlane(&s, 5*4*k), X0: 2, Y0: 2, DX: 7, DY: 6}
		for i := 0; i < len(g.V); i += k {
			g.V[i+2] = 1 - g.V[i] - g.V[i+1]
		}
		soft, row := f.refined(g, img), make([]float32, w*k)
		for y := range h {
			soft.Row(row, y)
			for x := range w {
				if sum := row[x*k] + row[x*k+1] + row[x*k+2]; !near(float64(sum), 1, 1e-5) {
					t.Fatalf("step %d: maps sum to %v", step, sum)
				}
			}
		}
	}
}

// stepEdge is dark left of the middle and light right of it, with noise.
func stepEdge(s *rng.Stream, h, w int) tensor.Image {
	img := tensor.NewImage(h, w)
	for i := range img.Pix {
		level := 50
		if i/3%w >= w/2 {
			level = 200
		}
		img.Pix[i] = uint8(level + s.IntN(11) - 5)
	}
	return img
}

func TestGuidedMovesAnEdgeToTheImages(t *testing.T) {
	s := rng.New(4, 0, 0, rng.Sample)
	const w, h = 120, 60
	img := stepEdge(&s, h, w)
	coarse := Grid{W: 4, H: 2, K: 1, V: []float32{0, 0, 1, 1, 0, 0, 1, 1}, X0: 8, Y0: 15, DX: 30, DY: 30}
	for _, step := range []int{1, 2, 4} {
		soft := Guided{Radius: 16, Eps: 1e-3, Step: step}.refined(coarse, img)
		row := make([]float32, w)
		soft.Row(row, h/2)
		jump := row[w/2] - row[w/2-1]
		if !(jump >= 0.4) { // bilinear alone has 1/30
			t.Errorf("step %d: across the image's edge the map rises by %v", step, jump)
		}
	}
}

func TestFastGuidedIsNearTheExact(t *testing.T) {
	s := rng.New(5, 0, 0, rng.Sample)
	const w, h = 128, 96
	img := stepEdge(&s, h, w)
	grid := Grid{W: 8, H: 6, K: 1, V: randomPlane(&s, 48), X0: 7.5, Y0: 7.5, DX: 16, DY: 16}
	exact := Guided{Radius: 16, Eps: 0.01, Step: 1}.refined(grid, img)
	fast := Guided{Radius: 16, Eps: 0.01, Step: 4}.refined(grid, img)
	a, b := make([]float32, w), make([]float32, w)
	var sum float64
	for y := range h {
		exact.Row(a, y)
		fast.Row(b, y)
		for x := range a {
			sum += math.Pow(float64(a[x]-b[x]), 2)
		}
	}
	if rms := math.Sqrt(sum / (w * h)); !(rms <= 0.02) { // of maps from 0 to 1
		t.Errorf("root mean square difference %v", rms)
	}
}

// At a large eps the filter takes means, and they keep a slope.
func TestFastGuidedLiesWhereTheGridDoes(t *testing.T) {
	s := rng.New(9, 0, 0, rng.Sample)
	const w, h = 96, 80
	slope := Grid{W: 2, H: 2, K: 1, V: []float32{0, 1, 2, 3}, X0: 3, Y0: 5, DX: 90, DY: 70}
	for _, step := range []int{1, 2, 3, 5} {
		soft := Guided{Radius: 6, Eps: 1e6, Step: step}.refined(slope, randomImage(&s, h, w))
		row := make([]float32, w)
		for y := 25; y < h-25; y++ {
			soft.Row(row, y)
			for x := 25; x < w-25; x++ {
				if want := (float64(x)-3)/90 + 2*(float64(y)-5)/70; !near(float64(row[x]), want, 1e-4) {
					t.Fatalf("step %d, column %d of row %d: %v, want %v", step, x, y, row[x], want)
				}
			}
		}
	}
}

func TestGuidedDoesNotDependOnThreads(t *testing.T) {
	s := rng.New(6, 0, 0, rng.Sample)
	img, p := randomImage(&s, 40, 531), randomPlane(&s, 40*531)
	want := Guided{Radius: 5, Eps: 0.01, Step: 2, Threads: 1}.filter(p, img)
	if got := (Guided{Radius: 5, Eps: 0.01, Step: 2, Threads: 7}).filter(p, img); !slices.Equal(got, want) {
		t.Error("threads change values")
	}
}

// Covariances of equal colours are singular, and eps is what makes them solvable: a
// grey guide is filtered as by the one-channel formula at ε/3.
func TestGreyImageIsAGreyGuide(t *testing.T) {
	s := rng.New(7, 0, 0, rng.Sample)
	const w, h, r, eps = 17, 9, 2, 0.03
	img, p := tensor.NewImage(h, w), randomPlane(&s, w*h)
	grey := make([]float64, w*h)
	for i := range grey {
		v := uint8(s.IntN(256))
		copy(img.Pix[3*i:], []uint8{v, v, v})
		grey[i] = float64(v) / 255
	}
	a, b := make([]float64, w*h), make([]float64, w*h)
	for i := range a {
		var n, si, sp, sii, sip float64
		window(i%w, i/w, w, h, r, func(j int) {
			g, v := grey[j], float64(p[j])
			n, si, sp, sii, sip = n+1, si+g, sp+v, sii+g*g, sip+g*v
		})
		a[i] = (sip/n - si/n*sp/n) / (sii/n - si/n*si/n + eps/3)
		b[i] = sp/n - a[i]*si/n
	}
	got := Guided{Radius: r, Eps: eps, Step: 1}.filter(p, img)
	for i := range got {
		var n, sum float64
		window(i%w, i/w, w, h, r, func(j int) { n, sum = n+1, sum+a[j]*grey[i]+b[j] })
		if !near(float64(got[i]), sum/n, 2e-5) {
			t.Fatalf("pixel %d: %v, want %v", i, got[i], sum/n)
		}
	}
}

func TestGuidedOfTinyImages(t *testing.T) {
	s := rng.New(8, 0, 0, rng.Sample)
	for _, size := range [][2]int{{1, 1}, {1, 5}, {3, 2}, {2, 3}} {
		for _, step := range []int{0, 1, 2, 9} {
			w, h := size[0], size[1]
			p := slices.Repeat([]float32{0.25}, w*h)
			got := Guided{Radius: 4, Eps: 0.01, Step: step}.filter(p, randomImage(&s, h, w))
			for _, v := range got {
				if !near(float64(v), 0.25, 1e-5) {
					t.Errorf("%d×%d step %d: %v", w, h, step, got)
				}
			}
		}
	}
}

func TestWrongCallsPanicWithTheirValues(t *testing.T) {
	img := tensor.NewImage(2, 3)
	soft, ctx := Grid{W: 3, H: 2, K: 1, V: make([]float32, 6), DX: 1, DY: 1}.Over(3, 2), context.Background()
	for want, call := range map[string]func(){
		"segment: Guided: radius 1, eps 0, step 0": func() { Guided{Radius: 1}.filter(make([]float32, 6), img) },
		"segment: Grid: 3 values for (2, 2, 1) with steps 1 and 1": func() {
			Grid{W: 2, H: 2, K: 1, V: make([]float32, 3), DX: 1, DY: 1}.Over(4, 4)
		},
		"segment: KMeans: 0 clusters of 4 values, need (2, 2)": func() {
			_, _ = KMeans{}.Cluster(make([]float32, 4), 2, 2)
		},
		"parallel: New: threads = 1073741824, need 0 to 4096": func() {
			Guided{Eps: 1, Threads: 1 << 30}.filter(make([]float32, 6), img)
		},
		"parallel: New: threads = -1, need 0 to 4096": func() {
			_, _ = KMeans{K: 1, Threads: -1}.Cluster(make([]float32, 4), 2, 2)
		},
		"parallel: New: threads = 4097, need 0 to 4096": func() { Argmax(ctx, soft, 4097) },
		"parallel: New: threads = -2, need 0 to 4096":   func() { Confidence(ctx, soft, NewMap(3, 2), -2) },
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); got != want {
					t.Errorf("panic %q, want %q", got, want)
				}
			}()
			call()
		}()
	}
}
