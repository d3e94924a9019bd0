package model_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/model"
)

func TestPretrainInputsAndOutputs(t *testing.T) {
	p := config(32, 8, 64, 1).Pretrain(10)
	want := []string{"images", "location5", "labels", "mask1", "mask2"}
	if got := inputs(p); !slices.Equal(got, want) {
		t.Errorf("inputs %v, want %v", got, want)
	}
	want = []string{
		"nce.1-5", "penalty.1-5", "clipped.1-5", "nce.1-7", "penalty.1-7", "clipped.1-7",
		"nce.5-5", "penalty.5-5", "clipped.5-5",
		"linear.loss", "linear.accuracy", "mlp.loss", "mlp.accuracy", "f1",
	}
	if got := outputs(p); !slices.Equal(got, want) {
		t.Errorf("outputs %v, want %v", got, want)
	}
}

func TestPairsChooseHeadsAndLocations(t *testing.T) {
	for _, c := range []struct {
		pairs  []model.Pair
		heads  string
		inputs []string
	}{
		{[]model.Pair{{1, 5}}, "phi5", []string{"images"}},
		{[]model.Pair{{1, 7}}, "phi7", []string{"images"}},
		{[]model.Pair{{7, 1}}, "phi7", []string{"images", "location7"}},
		{[]model.Pair{{5, 5}, {5, 7}}, "phi5 phi7", []string{"images", "location5"}},
		{[]model.Pair{{7, 5}, {5, 1}}, "phi5 phi7", []string{"images", "location5", "location7"}},
		{[]model.Pair{{1, 1}}, "", []string{"images"}},
	} {
		cfg := config(32, 8, 64, 1)
		cfg.Pairs = c.pairs
		p := cfg.Pretrain(0)
		var heads []string
		for _, v := range p.Vars {
			if name, ok := strings.CutSuffix(v.Name, ".conv1.weight"); ok && strings.HasPrefix(name, "phi") {
				heads = append(heads, name)
			}
		}
		if got := strings.Join(heads, " "); got != c.heads {
			t.Errorf("%v: heads %q, want %q", c.pairs, got, c.heads)
		}
		if got := inputs(p); !slices.Equal(got, c.inputs) {
			t.Errorf("%v: inputs %v, want %v", c.pairs, got, c.inputs)
		}
	}
}

// PAPER 1.5 and section 6: unit weights, λ on the penalties (an NCE operation
// averages its two directions), 1e-3 on those of the classifiers.
func TestLossWeights(t *testing.T) {
	p := config(32, 8, 64, 1).Pretrain(10)
	want := map[string]float64{
		"nce.1-5.loss": 1, "nce.1-5.penalty": 4e-2,
		"nce.1-7.loss": 1, "nce.1-7.penalty": 4e-2,
		"nce.5-5.loss": 1, "nce.5-5.penalty": 4e-2,
		"linear.xent.loss": 1, "linear.xent.penalty": 1e-3,
		"mlp.xent.loss": 1, "mlp.xent.penalty": 1e-3,
	}
	if len(p.Loss) != len(want) {
		t.Errorf("%d terms, want %d", len(p.Loss), len(want))
	}
	for _, term := range p.Loss {
		name := p.Values[term.Value].Name
		if w, ok := want[name]; !ok || w != term.Weight {
			t.Errorf("%s has weight %v, want %v", name, term.Weight, w)
		}
	}
}

func TestNoClassifierGradientReachesTheEncoder(t *testing.T) {
	p := config(32, 8, 64, 1).Pretrain(10)
	p.Loss = slices.DeleteFunc(p.Loss, func(term graph.Term) bool {
		return strings.HasPrefix(p.Values[term.Value].Name, "nce.")
	})
	reached := 0
	for i, yes := range p.Flow().Var {
		if !yes {
			continue
		}
		reached++
		if v := p.Vars[i]; v.Group != "probe" {
			t.Errorf("classifier loss reaches %s", v.Name)
		}
	}
	if reached != 7 { // linear: weight, bias; mlp: fc1 weight, bn scale and bias, fc2 weight and bias
		t.Errorf("classifier loss reaches %d variables, want 7", reached)
	}
}

func TestContrastiveLossReachesEverythingElse(t *testing.T) {
	p := config(128, 8, 64, 2).Pretrain(0)
	for i, yes := range p.Flow().Var {
		if v := p.Vars[i]; v.Trainable && !yes {
			t.Errorf("loss does not reach %s", v.Name)
		}
	}
}

func TestProgramsShareVariablesByName(t *testing.T) {
	c := config(64, 8, 64, 2)
	c.UseBN = true
	train := c.Pretrain(10)
	all := graph.Variables(train, c.Encode("f1", "f5", "f7", "phi5", "phi7"), c.Refresh())
	if len(all) != len(train.Vars) {
		t.Errorf("%d variables in all programs, %d in Pretrain", len(all), len(train.Vars))
	}
	for _, pair := range [][2]*graph.Program{
		{model.LinearProbe(64, 10), model.LinearPredict(64, 10)},
		{model.MLPProbe(64, 10), model.MLPPredict(64, 10)},
	} {
		if all := graph.Variables(pair[0], pair[1], train); len(all) != len(train.Vars) {
			t.Errorf("%s has variables of its own", pair[0].Name)
		}
	}
}

func TestEncodeTaps(t *testing.T) {
	taps := []string{"phi7", "f1", "f5", "f7", "phi5"}
	p, err := config(128, 8, 64, 1).Encode(taps...).Bind(3, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := outputs(p); !slices.Equal(got, taps) {
		t.Fatalf("outputs %v, want %v", got, taps)
	}
	want := [][]int{{3, 7, 7, 64}, {3, 64}, {3, 5, 5, 64}, {3, 7, 7, 64}, {3, 5, 5, 64}}
	for i, o := range p.Outputs {
		if got := p.Values[o.Value].Shape; !slices.Equal(got, want[i]) {
			t.Errorf("%s is %v, want %v", o.Name, got, want[i])
		}
	}
}

func inputs(p *graph.Program) []string {
	var names []string
	for _, v := range p.Inputs {
		names = append(names, p.Values[v].Name)
	}
	return names
}

func outputs(p *graph.Program) []string {
	var names []string
	for _, o := range p.Outputs {
		names = append(names, o.Name)
	}
	return names
}
