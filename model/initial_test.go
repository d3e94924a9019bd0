package model_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/ref"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/optim"
	"github.com/amdim/amdim/tensor"
)

// start runs a program once on random images, with initial weights, and
// returns its outputs by name.
func start(t *testing.T, p *graph.Program, rows int) map[string][]float32 {
	t.Helper()
	p, err := p.Bind(rows, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ref.New().NewState(p.Vars, engine.Options{Adam: optim.DefaultAdam()})
	if err != nil {
		t.Fatal(err)
	}
	if err := model.Initialize(p.Vars, 1, s.Set); err != nil {
		t.Fatal(err)
	}
	e, err := s.Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	out := engine.Outputs(p)
	if err := e.Forward(randomInputs(p), out); err != nil {
		t.Fatal(err)
	}
	named := map[string][]float32{}
	for i, o := range p.Outputs {
		named[o.Name] = out[i].F32
	}
	return named
}

// randomInputs are images and locations.
func randomInputs(p *graph.Program) []tensor.Tensor {
	draw := rng.New(1, 0, 0, rng.Sample)
	var in []tensor.Tensor
	for _, id := range p.Inputs {
		x := tensor.NewInt32(p.Values[id].Shape...)
		if p.Values[id].Name == "images" {
			x = tensor.NewUint8(p.Values[id].Shape...)
		}
		for i := range x.U8 {
			x.U8[i] = uint8(draw.IntN(256))
		}
		for i := range x.I32 {
			x.I32[i] = int32(draw.IntN(25))
		}
		in = append(in, x)
	}
	return in
}

// PAPER 3.5 and acceptance test 2: the encoder starts as pooled stem features,
// so that only the first ndf channels hold anything.
func TestResidualBranchesStartAtZero(t *testing.T) {
	c := config(32, 4, 16, 2)
	p := c.Encode("f1", "f5", "f7", "phi5", "phi7")
	branches := 0
	for _, op := range p.Ops {
		if strings.HasSuffix(op.Name, ".conv2") {
			p.Outputs = append(p.Outputs, graph.Output{Name: op.Name, Value: op.Out[0]})
			branches++
		}
	}
	if want := 2 + 4*2 + 2; branches != want { // l2, l7; blocks l3 to l6; heads
		t.Errorf("%d branches, want %d", branches, want)
	}
	out := start(t, p, 2)
	nonzero := func(x float32) bool { return x != 0 }
	for name, v := range out {
		if strings.HasSuffix(name, ".conv2") && slices.ContainsFunc(v, nonzero) {
			t.Errorf("%s is not zero", name)
		}
	}
	for i, x := range out["f7"] {
		if stem := i%16 < 4; !stem && x != 0 {
			t.Fatalf("f7: channel %d is %v", i%16, x)
		}
	}
	if slices.Max(out["f7"]) <= 0 {
		t.Error("f7 is empty")
	}
}

// Acceptance test 5 of PAPER: finite, of the order of the logarithm of the
// number of candidates or above.
func TestInitialLossIsFinite(t *testing.T) {
	c := config(32, 4, 16, 1)
	const images = 4
	out := start(t, c.Pretrain(0), 2*images)
	for _, p := range c.Tasks() {
		loss := float64(out["nce."+p.String()][0])
		chance := math.Log(float64(p.Negatives(images) + 1))
		t.Logf("%v: %.2f nats, chance %.2f", p, loss, chance)
		if !(loss > chance/2) || math.IsInf(loss, 0) {
			t.Errorf("%v: loss %v, want at least %.2f", p, loss, chance/2)
		}
	}
}
