package model_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/model"
)

func config(px, ndf, r, depth int) model.Config {
	return model.Config{
		Px: px, NDF: ndf, NRKHS: r, NDepth: depth, Lambda: 4e-2, TClip: 20,
		Mean: [3]float64{0.5, 0.5, 0.5}, Std: [3]float64{0.25, 0.25, 0.25},
	}
}

// Rows of PAPER 3.7, in millions.
func TestParametersEqualThePaper(t *testing.T) {
	for _, c := range []struct {
		name             string
		px, ndf, r, d    int
		trunk, withHeads float64
	}{
		{"cifar small", 32, 128, 1024, 10, 27.8, 32.0},
		{"cifar large", 32, 256, 2048, 10, 111.0, 127.8},
		{"cifar of the body text", 32, 320, 1280, 10, 153.8, 163.7},
		{"stl10", 64, 192, 1536, 8, 193.9, 208.1},
		{"imagenet small", 128, 192, 1536, 8, 194.3, 208.4},
		{"imagenet medium", 128, 256, 2048, 10, 400.9, 426.1},
		{"imagenet large", 128, 320, 2560, 10, 626.4, 665.7},
		{"default at 32", 32, 128, 1024, 3, 15.8, 20.0},
		{"default at 64", 64, 128, 1024, 3, 51.5, 57.8}, // 51.451 and 57.749 before rounding
	} {
		vars := config(c.px, c.ndf, c.r, c.d).Pretrain(10).Vars
		trunk := float64(graph.Parameters(vars, "encoder.")) / 1e6
		heads := float64(graph.Parameters(vars, "encoder.", "phi")) / 1e6
		if !(math.Abs(trunk-c.trunk) <= 0.1) || !(math.Abs(heads-c.withHeads) <= 0.1) {
			t.Errorf("%s: trunk %.3f M, with heads %.3f M, want %.1f and %.1f",
				c.name, trunk, heads, c.trunk, c.withHeads)
		}
	}
}

// Sides of the outputs of the layers, PAPER 3.2.
func TestLayerSizesEqualThePaper(t *testing.T) {
	for _, c := range []struct {
		px   int
		last string // operations that end the layers
		size []int
	}{
		{32, "l1.relu l2.0.add l3.1.add l4.1.add l5.1.add l6.1.add l7.bn", []int{30, 30, 14, 7, 5, 3, 1}},
		{64, "l1.relu l2.1.add l3.1.add l4.1.add l5.1.add l6.1.add l7.bn", []int{62, 30, 14, 7, 5, 3, 1}},
		{128, "l1.relu l2.relu l3.1.add l4.1.add l5.1.add l6.1.add l7.1.add l8.bn",
			[]int{64, 62, 30, 14, 7, 5, 3, 1}},
	} {
		shape := shapes(config(c.px, 8, 64, 2).Encode())
		for i, name := range strings.Fields(c.last) {
			s := shape["encoder."+name]
			if len(s) != 4 || s[1] != c.size[i] || s[2] != c.size[i] {
				t.Errorf("%d px: encoder.%s is %v, want side %d", c.px, name, s, c.size[i])
			}
		}
	}
}

// BatchNorm stands after the trunk, after the heads and in the MLP; with UseBN
// also after f7 and in every residual layer and head. PAPER 3.4.
func TestBatchNormStandsWhereThePaperSays(t *testing.T) {
	norms := func(c model.Config) []string {
		var names []string
		for _, op := range c.Pretrain(10).Ops {
			if _, ok := op.Attr.(graph.BatchNorm); ok {
				names = append(names, op.Name)
			}
		}
		return names
	}
	c := config(32, 8, 64, 1)
	want := []string{"encoder.l7.bn", "phi5.bn", "phi7.bn", "mlp.bn"}
	if got := norms(c); !slices.Equal(got, want) {
		t.Errorf("without UseBN: %v, want %v", got, want)
	}
	c.UseBN = true
	want = []string{
		"encoder.l2.0.conv1.bn", "encoder.l3.0.conv1.bn", "encoder.l4.0.conv1.bn", "encoder.l4.bn",
		"encoder.l5.0.conv1.bn", "encoder.l6.0.conv1.bn", "encoder.l7.0.conv1.bn", "encoder.l7.bn",
		"phi5.conv1.bn", "phi5.bn", "phi7.conv1.bn", "phi7.bn", "mlp.bn",
	}
	if got := norms(c); !slices.Equal(got, want) {
		t.Errorf("with UseBN: %v, want %v", got, want)
	}
}

// FLOPs per pair as PEERS.md counts them: encoder and heads on both views and
// the products of the three losses, forward and twice that backward, without
// the classifiers.
func TestTrainingFLOPsPerPair(t *testing.T) {
	for _, c := range []struct {
		px, ndf, r, d, images int
		gflop                 float64
	}{
		{32, 64, 512, 3, 128, 1.81},
		{32, 128, 1024, 3, 100, 7.02},
		{128, 64, 512, 3, 16, 9.56},
	} {
		p, err := config(c.px, c.ndf, c.r, c.d).Pretrain(0).Bind(2*c.images, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		got := float64(p.Cost().Train) / float64(c.images) / 1e9
		if !(math.Abs(got-c.gflop) <= 0.005) {
			t.Errorf("%d px %d/%d/%d: %.4f GFLOP per pair, want %.2f",
				c.px, c.ndf, c.r, c.d, got, c.gflop)
		}
	}
}

// shapes are the shapes of values by name.
func shapes(p *graph.Program) map[string][]int {
	m := map[string][]int{}
	for _, v := range p.Values {
		m[v.Name] = v.Shape
	}
	return m
}
