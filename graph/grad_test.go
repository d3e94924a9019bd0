package graph

import (
	"slices"
	"testing"

	"github.com/amdim/amdim/tensor"
)

// probed is x → trunk → y, with a probe behind a StopGrad, a layer beside that
// ends in an output, and a loss on the probe and, if trained, on the trunk.
func probed(trained bool) *Program {
	b := NewBuilder("net")
	x := b.Input("x", Input{}, 4, 3)
	labels := b.Input("labels", Input{DType: tensor.Int32}, 4)
	y := b.BatchNorm("trunk.bn", b.Linear("trunk", x, Linear{Out: 5}, FanIn()), BatchNorm{Groups: 1})
	b.Output("idle", b.Linear("idle", y, Linear{Out: 2}, FanIn()))
	z := b.Linear("probe", b.StopGrad("stop", y), Linear{Out: 2}, FanIn())
	loss, _, _ := b.SoftmaxXent("probe.xent", z, labels, 10)
	b.Loss(loss, 1)
	if trained {
		loss, _, _ := b.SoftmaxXent("trunk.xent", y, labels, 10)
		b.Loss(loss, 1)
	}
	return b.Program()
}

func reached(p *Program) (vars, values []string) {
	f := p.Flow()
	for i, v := range p.Vars {
		if f.Var[i] {
			vars = append(vars, v.Name)
		}
	}
	for i, v := range p.Values {
		if f.Value[i] {
			values = append(values, v.Name)
		}
	}
	return vars, values
}

func TestFlowEndsAtStopGrad(t *testing.T) {
	vars, values := reached(probed(false))
	if want := []string{"probe.weight"}; !slices.Equal(vars, want) {
		t.Errorf("variables %v, want %v", vars, want)
	}
	if want := []string{"probe", "probe.xent.loss"}; !slices.Equal(values, want) {
		t.Errorf("values %v, want %v", values, want)
	}
}

// Running statistics are variables and never trained; inputs and labels carry
// no gradient.
func TestFlowReachesWhatTheLossDependsOn(t *testing.T) {
	vars, values := reached(probed(true))
	want := []string{"trunk.weight", "trunk.bn.scale", "trunk.bn.bias", "probe.weight"}
	if !slices.Equal(vars, want) {
		t.Errorf("variables %v, want %v", vars, want)
	}
	want = []string{"trunk", "trunk.bn", "probe", "probe.xent.loss", "trunk.xent.loss"}
	if !slices.Equal(values, want) {
		t.Errorf("values %v, want %v", values, want)
	}
}

func TestFlowOfAProgramWithoutLossIsEmpty(t *testing.T) {
	if vars, values := reached(open()); len(vars)+len(values) != 0 {
		t.Errorf("variables %v and values %v", vars, values)
	}
}

func TestALossOnInputsAloneTrainsNothing(t *testing.T) {
	b := NewBuilder("net")
	x := b.Input("x", Input{}, 4, 3)
	labels := b.Input("labels", Input{DType: tensor.Int32}, 4)
	loss, _, _ := b.SoftmaxXent("xent", b.ReLU("relu", x), labels, 10)
	b.Loss(loss, 1)
	if vars, values := reached(b.Program()); len(vars)+len(values) != 0 {
		t.Errorf("variables %v and values %v", vars, values)
	}
}
