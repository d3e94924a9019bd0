package ref

import (
	"math"
	"slices"
	"testing"

	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/rng"
)

// B, k, L and r of the tests below.
const mixB, mixK, mixL, mixR = 3, 4, 2, 5

func mixtureInputs(seed uint64) (components, consequents array) {
	s := rng.New(seed, 0, 0, rng.Sample)
	draw := func(shape ...int) array {
		a := newArray(shape)
		for i := range a.v {
			a.v[i] = 2 * s.Normal()
		}
		return a
	}
	return draw(2*mixB, mixK, mixR), draw(2*mixB, mixL, mixR)
}

// mixtureResults runs forward: loss, penalty, clipped, usage, q.
func mixtureResults(a graph.MixtureNCE, components, consequents array) []array {
	q := slices.Clone(consequents.shape)
	q[len(q)-1] = components.shape[1]
	out := []array{newArray(nil), newArray(nil), newArray(nil), newArray(nil), newArray(q)}
	mixtureNCE(a, out, components, consequents)
	return out
}

// bruteLog is s_bjl for antecedent row n, component j and location l, written from
// PAPER 1.2 without the package's functions.
func bruteLog(a, c array, clip float64, n, j, l int) float64 {
	soft := func(m, l int) float64 {
		var dot float64
		for i := range mixR {
			dot += a.v[(n*mixK+j)*mixR+i] * c.v[(m*mixL+l)*mixR+i]
		}
		return math.Exp(clip * math.Tanh(dot/math.Sqrt(mixR)/clip))
	}
	other := mixB - n/mixB*mixB // first row of the other view
	own := other + n%mixB
	sum := soft(own, l)
	for m := other; m < other+mixB; m++ {
		for l := range mixL {
			if m != own {
				sum += soft(m, l)
			}
		}
	}
	return math.Log(soft(own, l) / sum)
}

func TestMixtureEqualsItsFormula(t *testing.T) {
	const clip, tau = 2.0, 1.5
	a, c := mixtureInputs(1)
	out := mixtureResults(graph.MixtureNCE{Clip: clip, Tau: tau}, a, c)
	var loss, usage float64
	for view := range 2 {
		mean := make([]float64, mixK)
		for b := range mixB {
			for l := range mixL {
				n, own := view*mixB+b, (1-view)*mixB+b
				var sum float64
				for j := range mixK {
					sum += math.Exp(tau * bruteLog(a, c, clip, n, j, l))
				}
				loss -= math.Log(sum/mixK) / tau / (2 * mixB * mixL)
				for j := range mixK {
					q := math.Exp(tau*bruteLog(a, c, clip, n, j, l)) / sum
					mean[j] += q / (mixB * mixL)
					if got := out[4].v[(own*mixL+l)*mixK+j]; !(math.Abs(got-q) <= 1e-12) {
						t.Errorf("q of row %d, location %d, component %d is %g, want %g", own, l, j, got, q)
					}
				}
			}
		}
		for _, p := range mean {
			usage -= p * math.Log(p) / 2
		}
	}
	equal(t, "loss", out[0], loss)
	equal(t, "usage", out[3], usage)
}

func TestQSumsToOne(t *testing.T) {
	a, c := mixtureInputs(2)
	for _, attr := range []graph.MixtureNCE{
		{Tau: 1, Clip: 20}, {Tau: 0.01}, {Tau: 1e5}, {Hard: true},
	} {
		q := mixtureResults(attr, a, c)[4]
		for i := range 2 * mixB * mixL {
			var sum float64
			for _, v := range q.lane(i) {
				sum += v
			}
			if !(math.Abs(sum-1) <= 1e-12) {
				t.Errorf("%+v: q of consequent %d sums to %g", attr, i, sum)
			}
		}
	}
}

// PAPER 11.8: τ → ∞ gives the arg-max.
func TestHighTauIsHard(t *testing.T) {
	a, c := mixtureInputs(3)
	soft := mixtureResults(graph.MixtureNCE{Clip: 20, Tau: 1e6}, a, c)
	hard := mixtureResults(graph.MixtureNCE{Clip: 20, Hard: true}, a, c)
	for r, want := range hard {
		for i, w := range want.v {
			if !(math.Abs(soft[r].v[i]-w) <= 1e-5) {
				t.Errorf("result %d, element %d: %g, with Hard %g", r, i, soft[r].v[i], w)
			}
		}
	}
}

// mixtureGradients are those by components and consequents of the loss and weights
// times penalty and usage.
func mixtureGradients(attr graph.MixtureNCE, a, c array, penalty, usage float64) (da, dc array) {
	da, dc = newArray(a.shape), newArray(c.shape)
	scalar := func(v float64) array { return array{nil, []float64{v}} }
	dout := []array{scalar(1), scalar(penalty), scalar(0), scalar(usage), {}}
	mixtureNCEBackward(attr, da, dc, dout, a, c)
	return da, dc
}

// PAPER 11.8: the gradient is that of −mean Σ_j q_j·s_j with q held fixed. That it
// is also that of the loss, −1/τ · mean log 1/k Σ_j exp(τ·s_j), enginetest.Gradient tests.
func TestMixtureGradientHoldsQFixed(t *testing.T) {
	const h = 1e-6
	attr := graph.MixtureNCE{Clip: 3, Tau: 2}
	a, c := mixtureInputs(4)
	q := mixtureResults(attr, a, c)[4]
	expected := func() (sum float64) {
		for n := range 2 * mixB {
			own := (n + mixB) % (2 * mixB)
			for l := range mixL {
				for j := range mixK {
					sum -= q.v[(own*mixL+l)*mixK+j] * bruteLog(a, c, attr.Clip, n, j, l) / (2 * mixB * mixL)
				}
			}
		}
		return sum
	}
	da, dc := mixtureGradients(attr, a, c, 0, 0)
	for name, x := range map[string][2]array{"component": {a, da}, "consequent": {c, dc}} {
		for i, v := range x[0].v {
			x[0].v[i] = v + h
			up := expected()
			x[0].v[i] = v - h
			down := expected()
			x[0].v[i] = v
			if got, want := x[1].v[i], (up-down)/(2*h); !(math.Abs(got-want) <= 1e-8) {
				t.Errorf("gradient by %s %d is %g, by differences %g", name, i, got, want)
			}
		}
	}
}

// PAPER 4.3: components that are equal have the plain loss and get equal gradients,
// so a mixture must not begin with equal ones.
func TestEqualComponentsStayEqual(t *testing.T) {
	a, c := mixtureInputs(5)
	for n := range 2 * mixB {
		for j := range mixK {
			copy(a.row(n)[j*mixR:(j+1)*mixR], a.row(n)[:mixR])
		}
	}
	attr := graph.MixtureNCE{Clip: 20, Tau: 2}
	flat := newArray([]int{2 * mixB, mixR})
	for n := range 2 * mixB {
		copy(flat.row(n), a.row(n))
	}
	loss, penalty, clipped := scalars()
	nce(graph.NCE{Clip: 20}, loss, penalty, clipped, flat, c)
	equal(t, "loss", mixtureResults(attr, a, c)[0], loss.v[0])
	da, _ := mixtureGradients(attr, a, c, 0.1, -0.1)
	for n := range 2 * mixB {
		for j := range mixK {
			if !slices.Equal(da.row(n)[j*mixR:(j+1)*mixR], da.row(n)[:mixR]) {
				t.Fatalf("row %d: component %d has another gradient than the first", n, j)
			}
		}
	}
}

// PAPER 11.8: with one component the loss is the plain one, and so are its gradients.
func TestAMixtureOfOneIsNCE(t *testing.T) {
	wide, c := mixtureInputs(6)
	one := newArray([]int{2 * mixB, 1, mixR})
	for n := range 2 * mixB {
		copy(one.row(n), wide.row(n))
	}
	flat := array{[]int{2 * mixB, mixR}, one.v}
	for _, attr := range []graph.MixtureNCE{{Clip: 2, Tau: 1}, {Clip: 2, Tau: 3}, {Clip: 2, Hard: true}} {
		loss, penalty, clipped := scalars()
		nce(graph.NCE{Clip: 2}, loss, penalty, clipped, flat, c)
		out := mixtureResults(attr, one, c)
		equal(t, "loss", out[0], loss.v[0])
		equal(t, "penalty", out[1], penalty.v[0])
		equal(t, "clipped", out[2], clipped.v[0])
		equal(t, "usage", out[3], 0)
		da, dc := mixtureGradients(attr, one, c, 0.25, -1)
		wantA, wantC := newArray(flat.shape), newArray(c.shape)
		nceBackward(graph.NCE{Clip: 2}, wantA, wantC, array{v: []float64{1}}, array{v: []float64{0.25}}, flat, c)
		for i := range da.v {
			if !(math.Abs(da.v[i]-wantA.v[i]) <= 1e-12) {
				t.Errorf("%+v: gradient by component %d is %g, want %g", attr, i, da.v[i], wantA.v[i])
			}
		}
		for i := range dc.v {
			if !(math.Abs(dc.v[i]-wantC.v[i]) <= 1e-12) {
				t.Errorf("%+v: gradient by consequent %d is %g, want %g", attr, i, dc.v[i], wantC.v[i])
			}
		}
	}
}
