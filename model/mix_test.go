package model_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/ref"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/optim"
)

func mixed(m model.Mix) model.Config {
	c := config(32, 4, 16, 1)
	c.Mix = m
	return c
}

func TestValidateNamesTheSettingOfAMixture(t *testing.T) {
	five, none := []model.Pair{{1, 5}}, []model.Pair{{5, 5}}
	for _, c := range []struct {
		pairs []model.Pair
		mix   model.Mix
		want  string // "": valid
	}{
		{nil, model.Mix{}, ""},
		{nil, model.Mix{K: 1}, "mix.k = 1: a mixture of one"},
		{nil, model.Mix{K: 2}, ""},
		{nil, model.Mix{K: 8, Tau: 2, Beta: 0.1}, ""},
		{nil, model.Mix{K: 8, Hard: true}, ""},
		{nil, model.Mix{K: 8, Pairs: five}, ""},
		{five, model.Mix{K: 8}, ""},
		{nil, model.Mix{K: -1}, "mix.k = -1"},
		{nil, model.Mix{K: 65}, "mix.k = 65"},
		{nil, model.Mix{Tau: 2}, "mix.tau without a mixture: set model.mix.k (--mix-k)"},
		{nil, model.Mix{Hard: true}, "mix.hard without"},
		{nil, model.Mix{K: 8, Tau: -1}, "mix.tau = -1"},
		{nil, model.Mix{K: 8, Tau: math.NaN()}, "mix.tau = NaN"},
		{nil, model.Mix{K: 8, Beta: -1}, "mix.beta = -1"},
		{nil, model.Mix{K: 8, Beta: 1, Hard: true}, "mix.beta = 1 with mix.hard"},
		{nil, model.Mix{K: 8, Tau: 1, Hard: true}, "mix.tau = 1 with mix.hard"},
		{nil, model.Mix{K: 8, Pairs: none}, "5-5: components are made of f1"},
		{five, model.Mix{K: 8, Pairs: []model.Pair{{1, 7}}}, "1-7 is none of the pairs [1-5]"},
		{nil, model.Mix{K: 8, Pairs: []model.Pair{{1, 5}, {1, 5}}}, "1-5 twice"},
		{none, model.Mix{K: 8}, "none of pairs [5-5]"},
	} {
		cfg := mixed(c.mix)
		cfg.Pairs = c.pairs
		err := cfg.Validate()
		if (err == nil) != (c.want == "") || !strings.Contains(fmt.Sprint(err), c.want) {
			t.Errorf("%+v: %v, want %q", c.mix, err, c.want)
		}
	}
}

func TestPairsOfAMixture(t *testing.T) {
	c := mixed(model.Mix{K: 8, Beta: 0.1})
	p := c.Pretrain(0)
	want := []string{
		"q.1-5", "nce.1-5", "penalty.1-5", "clipped.1-5", "q.1-7", "nce.1-7", "penalty.1-7", "clipped.1-7",
		"nce.5-5", "penalty.5-5", "clipped.5-5", "f1",
	}
	if got := outputs(p); !slices.Equal(got, want) {
		t.Errorf("outputs %v, want %v", got, want)
	}
	kinds, weights := map[string]string{}, map[string]float64{}
	for _, op := range p.Ops {
		kinds[op.Name] = op.Attr.Kind()
	}
	for _, term := range p.Loss {
		weights[p.Values[term.Value].Name] = term.Weight
	}
	if kinds["nce.1-5"] != "MixtureNCE" || kinds["nce.1-7"] != "MixtureNCE" || kinds["nce.5-5"] != "NCE" {
		t.Errorf("operations %v", kinds)
	}
	if weights["nce.1-5.usage"] != -0.1 || weights["nce.1-7.loss"] != 1 || weights["nce.1-7.penalty"] != 0.04 {
		t.Errorf("weights %v", weights)
	}
	c.Mix.Pairs, c.Mix.Beta = []model.Pair{{1, 7}}, 0
	for _, term := range c.Pretrain(0).Loss {
		if term.Weight < 0 {
			t.Error("a bonus with β = 0")
		}
	}
	if got := outputs(c.Pretrain(0)); slices.Contains(got, "q.1-5") || !slices.Contains(got, "q.1-7") {
		t.Errorf("mixture of 1-7 alone: outputs %v", got)
	}
}

// PAPER 4.4, in millions.
func TestParametersOfAMixture(t *testing.T) {
	for k, want := range map[int]float64{4: 11.8, 8: 21.2, 16: 40.1} {
		c := config(64, 192, 1536, 1)
		c.Mix.K = k
		if got := float64(graph.Parameters(c.Pretrain(0).Vars, "mix.")) / 1e6; !(math.Abs(got-want) <= 0.05) {
			t.Errorf("k = %d: %.2f M, want %.1f", k, got, want)
		}
	}
}

func TestTheMixtureIsATap(t *testing.T) {
	p := mixed(model.Mix{K: 3}).Encode("mix", "f1", "phi7")
	if got := p.Values[p.Outputs[0].Value].Shape; !slices.Equal(got, []int{graph.Any, 3, 16}) {
		t.Errorf("mix is %v", got)
	}
	graph.Variables(p, mixed(model.Mix{K: 3}).Pretrain(0)) // panics when they disagree
}

// one is a step of training at the initial weights, with some of them changed: the
// losses and the gradients by name.
func one(t *testing.T, c model.Config, change func(w map[string][]float32)) (out, d map[string][]float64) {
	t.Helper()
	p, err := c.Pretrain(0).Bind(6, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ref.New().NewState(p.Vars, engine.Options{Adam: optim.DefaultAdam()})
	if err != nil {
		t.Fatal(err)
	}
	w := initial(t, p.Vars, 1)
	change(w)
	for name, v := range w {
		if err := s.Set(name, v); err != nil {
			t.Fatal(err)
		}
	}
	e, err := s.Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	out, d, err = e.(*ref.Exec).Grad64(randomInputs(p))
	if err != nil {
		t.Fatal(err)
	}
	return out, d
}

// PAPER 11.8: with one component and a zero output layer, f1¹ = f1.
func TestAMixtureOfOneStartsAsThePlainLoss(t *testing.T) {
	plain, dPlain := one(t, mixed(model.Mix{}), func(map[string][]float32) {})
	out, d := one(t, mixed(model.Mix{K: 1}), func(w map[string][]float32) { clear(w["mix.fc2.weight"]) })
	for name, want := range plain {
		for i, v := range want {
			if got := out[name][i]; !(math.Abs(got-v) <= 1e-12*max(1, math.Abs(v))) {
				t.Fatalf("%s: %g, plain %g", name, got, v)
			}
		}
	}
	for name, want := range dPlain {
		for i, v := range want {
			if got := d[name][i]; !(math.Abs(got-v) <= 1e-10*max(1, math.Abs(v))) {
				t.Fatalf("gradient by %s: %g, plain %g", name, got, v)
			}
		}
	}
}

// PAPER 4.3: with a zero output layer the components are equal and so are their
// gradients, for good; the initial values are not so.
func TestComponentsStartDifferent(t *testing.T) {
	const k, r = 3, 16
	equal := func(d map[string][]float64) bool {
		w := d["mix.fc2.weight"] // (r, k·r)
		for i, v := range w {
			if first := w[i/(k*r)*(k*r)+i%r]; v != first {
				return false
			}
		}
		return true
	}
	c := mixed(model.Mix{K: k})
	if _, d := one(t, c, func(w map[string][]float32) { clear(w["mix.fc2.weight"]) }); !equal(d) {
		t.Error("equal components have different gradients")
	}
	if _, d := one(t, c, func(map[string][]float32) {}); equal(d) {
		t.Error("components start equal")
	}
	w := initial(t, c.Pretrain(0).Vars, 1)
	if slices.ContainsFunc(w["mix.fc2.bias"], func(x float32) bool { return x != 0 }) {
		t.Error("mix.fc2.bias is not zero")
	}
	var square float64 // PAPER 4.4: N(0, 0.1²/r)
	for _, x := range w["mix.fc2.weight"] {
		square += float64(x) * float64(x)
	}
	std := math.Sqrt(square / float64(len(w["mix.fc2.weight"])))
	if want := 0.1 / math.Sqrt(float64(c.NRKHS)); !(math.Abs(std-want) <= 0.1*want) {
		t.Errorf("mix.fc2.weight has deviation %g, want about %g", std, want)
	}
}
