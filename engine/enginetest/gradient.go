package enginetest

import (
	"math"
	"slices"
	"testing"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/tensor"
)

// State64 is a State with float64 access, as *ref.State.
type State64 interface {
	engine.State
	Set64(name string, v []float64) error
	Get64(name string) ([]float64, error)
}

// Exec64 is an Exec with float64 access, as *ref.Exec.
type Exec64 interface {
	engine.Exec
	Forward64(in []tensor.Tensor) (out map[string][]float64, err error)
	Grad64(in []tensor.Tensor) (out, d map[string][]float64, err error)
}

// Gradient tests the gradients of a float64 engine against central differences
// of its loss in every case of the table. For each variable w with gradient g
// it moves w along a unit vector u, half along g, half at random, and wants
//
//	(L(w + h·u) − L(w − h·u))/2h = g·u   within 1e-6·|g|
//
// Along g the difference is far above the rounding of L, and the random half
// sees what is wrong across g. StopGrad, which no difference can see, is left
// out of the programs.
func Gradient(t *testing.T, eng engine.Engine) {
	const seed = 1
	for _, c := range table() {
		t.Run(c.name, func(t *testing.T) {
			tr := c.withoutStops().trial(seed)
			s := open(t, eng, tr, adam)
			g := &differences{t: t, tr: tr}
			var okState, okExec bool
			g.state, okState = s.state.(State64)
			g.exec, okExec = s.exec.(Exec64)
			if !okState || !okExec {
				t.Fatalf("%s has no float64 access", eng.Name())
			}
			g.test()
		})
	}
}

func (c testCase) withoutStops() testCase {
	build := c.build
	c.build = func(s *sketch) {
		s.noStops = true
		build(s)
	}
	return c
}

// differences takes them on one trial.
type differences struct {
	t     *testing.T
	tr    *trial
	state State64
	exec  Exec64
}

// flat is the share of the largest gradient under which one is zero but for
// rounding; there the difference is measured against the largest.
const flat = 1e-9

func (g *differences) test() {
	_, d, err := g.exec.Grad64(g.tr.in)
	if err != nil {
		g.t.Fatal(err)
	}
	var top float64
	for _, v := range d {
		top = max(top, norm(v))
	}
	flow := g.tr.p.Flow()
	for i, v := range g.tr.p.Vars {
		if !flow.Var[i] {
			continue
		}
		size := norm(d[v.Name])
		if size < flat*top {
			size = top
		}
		u := g.direction(v.Name, d[v.Name])
		got, want := dot(d[v.Name], u), g.along(v.Name, u, size)
		if !(math.Abs(got-want) <= 1e-6*size) {
			g.t.Errorf("seed %d: gradient by %s (norm %g) along a direction: %.9g, by differences %.9g",
				g.tr.seed, v.Name, size, got, want)
		}
	}
}

// loss is Σ Weight·Value in float64; every term is an output.
func (g *differences) loss() float64 {
	g.t.Helper()
	out, err := g.exec.Forward64(g.tr.in)
	if err != nil {
		g.t.Fatal(err)
	}
	var loss float64
	for _, term := range g.tr.p.Loss {
		i := slices.IndexFunc(g.tr.p.Outputs, func(o graph.Output) bool { return o.Value == term.Value })
		loss += term.Weight * out[g.tr.p.Outputs[i].Name][0]
	}
	return loss
}

// along is the central difference of the loss along u. The step is as short as
// rounding allows, about 1e-15·L/h on a gradient of the given norm: a longer one
// carries more elements over the kink of a ReLU.
func (g *differences) along(name string, u []float64, size float64) float64 {
	g.t.Helper()
	h := min(max(1e-8*g.loss()/size, 1e-7), 1e-4)
	w, err := g.state.Get64(name)
	if err != nil {
		g.t.Fatal(err)
	}
	var loss [2]float64
	for i, step := range []float64{h, -h} {
		moved := slices.Clone(w)
		for j := range moved {
			moved[j] += step * u[j]
		}
		g.set(name, moved)
		loss[i] = g.loss()
	}
	g.set(name, w)
	return (loss[0] - loss[1]) / (2 * h)
}

func (g *differences) set(name string, w []float64) {
	g.t.Helper()
	if err := g.state.Set64(name, w); err != nil {
		g.t.Fatal(err)
	}
}

// direction is a unit vector between the gradient d and a random one.
func (g *differences) direction(name string, d []float64) []float64 {
	r := g.tr.stream("direction of " + name)
	u := random(&r, len(d))
	length, size := norm(u), max(norm(d), math.SmallestNonzeroFloat64)
	for i := range u {
		u[i] = u[i]/length + d[i]/size
	}
	length = max(norm(u), math.SmallestNonzeroFloat64)
	for i := range u {
		u[i] /= length
	}
	return u
}

func random(r *rng.Stream, n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = r.Normal()
	}
	return v
}

func dot(a, b []float64) float64 {
	var sum float64
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

func norm(v []float64) float64 { return math.Sqrt(dot(v, v)) }
