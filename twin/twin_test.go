package twin

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/graph"
)

// noise are the variables whose gradient is zero but for rounding: a bias whose
// effect a later BatchNorm takes away. Without UseBN those of the trunk are not.
var noise = []string{"phi5.shortcut.bias", "phi7.shortcut.bias"}

// noiseBN are also without gradient when UseBN normalises every path from f7.
var noiseBN = []string{"encoder.l4.bn.bias"}

func (g *golden) isNoise(name string) bool {
	return slices.Contains(noise, name) || g.config.UseBN && slices.Contains(noiseBN, name)
}

// each runs f for every engine on every golden file, with the file's weights
// set; with -short, for ref and the best kernel set.
func each(t *testing.T, f func(t *testing.T, u subject, g *golden, s state)) {
	all := goldens(t)
	for _, u := range subjects() {
		for _, g := range all {
			t.Run(u.name+"/"+g.name, func(t *testing.T) {
				t.Parallel()
				if err := g.config.Validate(); err != nil {
					t.Fatal(err)
				}
				vars := g.config.Pretrain(g.classes).Vars
				s := u.open(t, vars)
				for _, v := range vars {
					s.set(t, v.Name, g.double(t, "weight/"+v.Name))
				}
				f(t, u, g, s)
			})
		}
	}
}

// bind fixes the rows of a program to those of the golden images.
func (g *golden) bind(t *testing.T, p *graph.Program, rows int) *graph.Program {
	t.Helper()
	bound, err := p.Bind(rows, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	return bound
}

func (g *golden) rows() int { return g.tensors["input/images"].Shape[0] }

func TestLossesAndGradients(t *testing.T) {
	each(t, func(t *testing.T, u subject, g *golden, s state) {
		p := g.bind(t, g.config.Pretrain(g.classes), g.rows())
		out, d := s.compile(t, p).grad(t, g.inputs(t, p))
		for _, name := range g.names("output/") {
			if u.grad == 0 && (strings.HasPrefix(name, "clipped.") || strings.HasSuffix(name, ".accuracy")) {
				continue // counts jump by one image or score
			}
			if e := distance(out[name], g.double(t, "output/"+name)); !(e <= u.tol) {
				t.Errorf("%s = %v, want %v (relative %.1e)", name, out[name], g.double(t, "output/"+name), e)
			}
		}
		worst, angle := 0.0, 1.0
		for _, name := range g.names("grad/") {
			if g.isNoise(name) {
				continue
			}
			want := g.double(t, "grad/"+name)
			e, c := distance(d[name], want), cosine(d[name], want)
			if u.grad > 0 && !(e <= u.grad) || !(c >= u.cosine) {
				t.Errorf("gradient by %s: relative error %.1e, cosine %.4f", name, e, c)
			}
			worst, angle = max(worst, e), min(angle, c)
		}
		t.Logf("gradients: largest relative error %.1e, smallest cosine %.5f", worst, angle)
	})
}

// The list of what is left out neither hides a gradient nor misses one.
func TestNoiseIsNoise(t *testing.T) {
	for _, g := range goldens(t) {
		size, largest := map[string]float64{}, 0.0
		for _, name := range g.names("grad/") {
			for _, x := range g.double(t, "grad/"+name) {
				size[name] = max(size[name], math.Abs(x))
			}
			largest = max(largest, size[name])
		}
		for name, x := range size {
			if small := x < 1e-8*largest; small != g.isNoise(name) {
				t.Errorf("%s: gradient by %s is %.1e of the largest, left out: %v",
					g.name, name, x/largest, g.isNoise(name))
			}
		}
	}
}

func TestOneUpdate(t *testing.T) {
	each(t, func(t *testing.T, u subject, g *golden, s state) {
		if u.change == 0 {
			t.Skip("not comparable in this precision: Adam brings every gradient to one size")
		}
		p := g.bind(t, g.config.Pretrain(g.classes), g.rows())
		s.compile(t, p).step(t, g.inputs(t, p), g.lr)
		for _, name := range g.names("change/") {
			if g.isNoise(name) {
				continue
			}
			got := minus(s.value(t, name), g.double(t, "weight/"+name))
			if e := distance(got, g.double(t, "change/"+name)); !(e <= u.change) {
				t.Errorf("change of %s: relative error %.1e", name, e)
			}
		}
	})
}

func TestTenSteps(t *testing.T) {
	if testing.Short() {
		t.Skip("ten steps of every engine take seconds")
	}
	each(t, func(t *testing.T, u subject, g *golden, s state) {
		if u.steps == 0 {
			t.Skip("the losses of this precision drift apart")
		}
		p := g.bind(t, g.config.Pretrain(g.classes), g.rows())
		e, in, want := s.compile(t, p), g.inputs(t, p), g.double(t, u.golden)
		for step := 0; len(want) > 0; step++ {
			out := e.step(t, in, g.lr)
			for i, name := range g.losses {
				if d := distance(out[name], want[i:i+1]); !(d <= u.steps) {
					t.Errorf("step %d: %s = %v, want %v (relative %.1e)", step, name, out[name], want[i], d)
				}
			}
			want = want[len(g.losses):]
		}
	})
}

func TestFrozenFeatures(t *testing.T) {
	each(t, func(t *testing.T, u subject, g *golden, s state) {
		taps := g.names("frozen/")
		images := g.tensors["frozen/f1"].Shape[0]
		p := g.bind(t, g.config.Encode(taps...), images)
		out := s.compile(t, p).forward(t, g.inputs(t, p))
		for _, name := range taps {
			if e := distance(out[name], g.double(t, "frozen/"+name)); !(e <= u.tol) {
				t.Errorf("%s: relative error %.1e", name, e)
			}
		}
	})
}

func TestRefreshedStatistics(t *testing.T) {
	each(t, func(t *testing.T, u subject, g *golden, s state) {
		p := g.bind(t, g.config.Refresh(), g.rows())
		s.compile(t, p).step(t, g.inputs(t, p), 0.1) // PyTorch's momentum
		for _, name := range g.names("refresh/") {
			got := minus(s.value(t, name), g.double(t, "weight/"+name))
			if e := distance(got, g.double(t, "refresh/"+name)); !(e <= u.tol) {
				t.Errorf("change of %s: relative error %.1e", name, e)
			}
		}
	})
}

// distance is the norm of the difference by the norm of want; 0 when both are equal.
func distance(got, want []float64) float64 {
	if len(got) != len(want) {
		return math.Inf(1)
	}
	d := minus(got, want)
	if dot(d, d) == 0 {
		return 0
	}
	return math.Sqrt(dot(d, d) / dot(want, want))
}

func cosine(a, b []float64) float64 { return dot(a, b) / math.Sqrt(dot(a, a)*dot(b, b)) }

func dot(a, b []float64) float64 {
	var sum float64
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

func minus(a, b []float64) []float64 {
	d := make([]float64, len(a))
	for i := range a {
		d[i] = a[i] - b[i]
	}
	return d
}
