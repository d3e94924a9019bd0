//go:build torch && linux

package torch

import (
	"math"
	"testing"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/cpu"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/optim"
	"github.com/amdim/amdim/tensor"
)

var small = model.Config{
	Px: 32, NDF: 8, NRKHS: 40, NDepth: 2, Lambda: 4e-2, TClip: 20,
	Mean: [3]float64{0.5, 0.5, 0.5}, Std: [3]float64{0.25, 0.25, 0.25},
}

// Ten updates on ten batches. Float32 roundings, 6e-8 each, grow about tenfold with
// the first updates of Adam, which are of the size of the rate whatever the gradient.
func TestTenStepsAgreeWithTheCPUEngine(t *testing.T) {
	ours := newEngine(t, F32)
	theirs, err := cpu.New(cpu.Config{Precision: cpu.F32, Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer theirs.Close()
	p, got := pretraining(t, ours, small, 16)
	_, want := pretraining(t, theirs, small, 16)
	for step := range 10 {
		in := randomInputs(p, step)
		a, b := engine.Outputs(p), engine.Outputs(p)
		for exec, out := range map[engine.Exec][]tensor.Tensor{got: a, want: b} {
			if _, err := exec.Step(in, out, 1e-3); err != nil {
				t.Fatal(err)
			}
		}
		x, y := loss(p, a), loss(p, b)
		if !(math.Abs(x-y) <= 1e-4*math.Abs(y)) {
			t.Errorf("step %d: loss %.7g, of the cpu engine %.7g", step, x, y)
		}
	}
}

// loss is the sum of those terms that are outputs.
func loss(p *graph.Program, out []tensor.Tensor) (sum float64) {
	for i, o := range p.Outputs {
		for _, t := range p.Loss {
			if t.Value == o.Value {
				sum += t.Weight * float64(out[i].F32[0])
			}
		}
	}
	return sum
}

// BenchmarkPretrain is one step of the preset cifar10-tiny on 64 random images, in
// both engines with one thread.
func BenchmarkPretrain(b *testing.B) {
	const pairs = 64
	c := small
	c.NDF, c.NRKHS, c.NDepth = 64, 512, 3
	library(b).on(func() { library(b).SetThreads(1) })
	pure, err := cpu.New(cpu.Config{Precision: cpu.F32, Threads: 1})
	if err != nil {
		b.Fatal(err)
	}
	defer pure.Close()
	for _, e := range []engine.Engine{newEngine(b, F32), pure} {
		b.Run(e.Name(), func(b *testing.B) {
			p, exec := pretraining(b, e, c, 2*pairs)
			in, out := randomInputs(p, 0), engine.Outputs(p)
			step := func() {
				if _, err := exec.Step(in, out, 1e-4); err != nil {
					b.Fatal(err)
				}
			}
			step() // warms up
			for b.Loop() {
				step()
			}
			b.ReportMetric(pairs*float64(b.N)/b.Elapsed().Seconds(), "pairs/s")
		})
	}
}

// pretraining is a training program of so many rows, with the weights it starts from.
func pretraining(t testing.TB, e engine.Engine, c model.Config, rows int) (*graph.Program, engine.Exec) {
	t.Helper()
	p, err := c.Pretrain(10).Bind(rows, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	s, err := e.NewState(p.Vars, engine.Options{Adam: optim.DefaultAdam()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := model.Initialize(p.Vars, 1, s.Set); err != nil {
		t.Fatal(err)
	}
	exec, err := s.Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { exec.Close() })
	return p, exec
}

// randomInputs are bytes, labels below 10 and masks of zeros and ones.
func randomInputs(p *graph.Program, step int) []tensor.Tensor {
	r := rng.New(7, 0, step, rng.Sample)
	in := engine.Inputs(p)
	for _, t := range in {
		for i := range t.U8 {
			t.U8[i] = uint8(r.Uint32())
		}
		for i := range t.I32 {
			t.I32[i] = int32(r.IntN(10))
		}
		for i := range t.F32 {
			t.F32[i] = float32(r.IntN(2))
		}
	}
	return in
}
