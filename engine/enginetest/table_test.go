package enginetest

import (
	"slices"
	"testing"

	"github.com/amdim/amdim/engine/internal/sample"
	"github.com/amdim/amdim/engine/ref"
	"github.com/amdim/amdim/graph"
)

func TestEveryOperationIsInTheTable(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range table() {
		for _, op := range c.sketch().Program().Ops {
			seen[op.Attr.Kind()] = true
		}
	}
	for _, a := range []graph.Attr{
		graph.Input{}, graph.Conv2D{}, graph.BatchNorm{}, graph.ReLU{}, graph.AvgPool{},
		graph.PadChannels{}, graph.Add{}, graph.Reshape{}, graph.Linear{}, graph.Dropout{},
		graph.Gather{}, graph.SoftmaxXent{}, graph.NCE{}, graph.MixtureNCE{}, graph.StopGrad{},
	} {
		if !seen[a.Kind()] {
			t.Errorf("no case with %s", a.Kind())
		}
	}
}

// Gradient computes the loss from the outputs.
func TestEveryTermOfTheLossIsAnOutput(t *testing.T) {
	for _, c := range table() {
		p := c.sketch().Program()
		for _, term := range p.Loss {
			if !slices.ContainsFunc(p.Outputs, func(o graph.Output) bool { return o.Value == term.Value }) {
				t.Errorf("%s: %s is a loss and no output", c.name, p.Values[term.Value].Name)
			}
		}
	}
}

func TestNoGradientIsTrivial(t *testing.T) {
	for _, c := range table() {
		tr := c.trial(1)
		d := open(t, ref.New(), tr, adam).grad(t)
		flow := tr.p.Flow()
		for i, v := range tr.p.Vars {
			if flow.Var[i] && sample.RMS(d[v.Name]) == 0 {
				t.Errorf("%s: the gradient by %s is zero", c.name, v.Name)
			}
		}
	}
}

func TestNamesAreUnique(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range table() {
		if seen[c.name] {
			t.Errorf("two cases %q", c.name)
		}
		seen[c.name] = true
	}
}

func TestBenchMeasuresProductsOrBytes(t *testing.T) {
	for _, c := range benchCases() {
		cost := c.sketch().Program().Cost()
		if (cost.Forward > 0) == (c.bytes > 0) {
			t.Errorf("%s: %d FLOPs and %d bytes, want one of both", c.name, cost.Forward, c.bytes)
		}
	}
}
