//go:build torch && linux

package torch

import (
	"math"
	"strings"
	"testing"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/tensor"
)

// Updates captured as graphs, and inputs that are on their way early, are the same updates.
func TestGraphsAndLookingAheadChangeNoLoss(t *testing.T) {
	want := losses(t, newEngine(t, F32), false)
	for _, c := range []struct {
		name          string
		graphs, ahead bool
	}{{"ahead", false, true}, {"graphs", true, false}, {"graphs, ahead", true, true}} {
		t.Run(c.name, func(t *testing.T) {
			e := newEngine(t, F32).(*Engine)
			if c.graphs && e.device == "cpu" {
				t.Skip("a graph is of a GPU: set AMDIM_TORCH_DEVICE=cuda")
			}
			e.graphs = c.graphs
			for step, x := range losses(t, e, c.ahead) {
				if !(math.Abs(x-want[step]) <= 1e-5*math.Abs(want[step])) {
					t.Errorf("step %d: loss %.7g, want %.7g", step, x, want[step])
				}
			}
		})
	}
}

// What is captured are tuned and fused updates in bfloat16 as well, whichever way
// residual layers are computed. Operations that are timed are not captured, and those
// after them again.
func TestGraphsOfTunedUpdatesWithAProfileBetween(t *testing.T) {
	if testDevice() == "cpu" {
		t.Skip("a graph is of a GPU: set AMDIM_TORCH_DEVICE=cuda")
	}
	want := losses(t, newEngine(t, BF16), false)
	for layers := range 4 {
		e := newEngine(t, BF16).(*Engine)
		e.graphs, e.tune, e.layers = true, true, layers
		p, exec := pretraining(t, e, small, 16)
		for step, want := range want {
			e.Profile(step == 5)
			out := engine.Outputs(p)
			if _, err := exec.Step(randomInputs(p, step), out, 1e-3); err != nil {
				t.Fatal(err)
			}
			if x := loss(p, out); !(math.Abs(x-want) <= 1e-2*math.Abs(want)) {
				t.Errorf("layers computed in way %d, step %d: loss %.5g, want %.5g", layers, step, x, want)
			}
		}
	}
}

// losses are those of ten updates, each on a batch of its own.
func losses(t *testing.T, e engine.Engine, ahead bool) (all []float64) {
	const steps = 10
	p, exec := pretraining(t, e, small, 16)
	var in [steps + 1][]tensor.Tensor
	for step := range in {
		in[step] = randomInputs(p, step)
	}
	for step := range steps {
		switch {
		case ahead && step%4 == 2: // what comes is not what was announced
			exec.(engine.Ahead).Next(in[0])
		case ahead:
			exec.(engine.Ahead).Next(in[step+1])
		}
		out := engine.Outputs(p)
		if _, err := exec.Step(in[step], out, 1e-3); err != nil {
			t.Fatal(err)
		}
		all = append(all, loss(p, out))
	}
	return all
}

func TestGraphsAndTuningNeedAGPU(t *testing.T) {
	_, err := library(t).NewEngine(Config{Device: "cpu", Tune: true})
	if want := "tune on a GPU alone"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
	_, err = library(t).NewEngine(Config{Device: "cpu", Graphs: true})
	if want := "CUDA graphs on a GPU alone"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %q", err, want)
	}
}
