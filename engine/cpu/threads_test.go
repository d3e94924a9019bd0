package cpu

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/kernel"
	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/optim"
	"github.com/amdim/amdim/tensor"
)

var tiny = model.Config{
	Px: 32, NDF: 8, NRKHS: 40, NDepth: 2, Lambda: 4e-2, TClip: 20,
	Mean: [3]float64{0.5, 0.5, 0.5}, Std: [3]float64{0.25, 0.25, 0.25},
}

func TestNewRefusesThreadsThatNoMachineHas(t *testing.T) {
	for _, threads := range []int{-7, parallel.MostThreads + 1} {
		want := fmt.Sprintf("cpu: threads = %d, need 0 to 4096", threads)
		e, err := New(Config{Threads: threads})
		if err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
		if e != nil {
			e.Close()
		}
	}
}

// All sums are cut by shapes, so the number of threads leaves no trace.
func TestAnyNumberOfThreadsGivesTheSameBytes(t *testing.T) {
	mixed := tiny
	mixed.Mix = model.Mix{K: 4, Beta: 0.05}
	for name, c := range map[string]model.Config{"": tiny, " mixture": mixed} {
		p, err := c.Pretrain(10).Bind(10, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, set := range kernel.Sets() {
			for _, precision := range []string{F32, BF16} {
				t.Run(set.Name+" "+precision+name, func(t *testing.T) {
					sameForAnyThreads(t, p, Config{Precision: precision, Kernel: set.Name})
				})
			}
		}
	}
}

func sameForAnyThreads(t *testing.T, p *graph.Program, c Config) {
	want := ""
	for _, c.Threads = range []int{1, 2, 3, 7} {
		got := trainedDigest(t, p, c, 2)
		if want == "" {
			want = got
		}
		if got != want {
			t.Errorf("%d threads: digest %s, with one thread %s", c.Threads, got, want)
		}
	}
}

// trainedDigest is the hash of all state and outputs after some updates on random input.
func trainedDigest(t *testing.T, p *graph.Program, c Config, steps int) string {
	e, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	s, err := e.NewState(p.Vars, engine.Options{Adam: optim.DefaultAdam()})
	if err != nil {
		t.Fatal(err)
	}
	if err := model.Initialize(p.Vars, 1, s.Set); err != nil {
		t.Fatal(err)
	}
	x, err := s.Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	out := engine.Outputs(p)
	for step := range steps {
		if _, err := x.Step(randomInputs(p, step), out, 1e-3); err != nil {
			t.Fatal(err)
		}
	}
	h := sha256.New()
	for _, o := range out {
		binary.Write(h, binary.LittleEndian, o.F32)
	}
	s.Each(func(_ string, v []float32) error { return binary.Write(h, binary.LittleEndian, v) })
	return fmt.Sprintf("%x", h.Sum(nil)[:8])
}

// randomInputs are noise images, labels and locations below 10, and masks.
func randomInputs(p *graph.Program, step int) []tensor.Tensor {
	r := rng.New(7, 0, step, rng.Sample)
	var in []tensor.Tensor
	for _, id := range p.Inputs {
		v := p.Values[id]
		switch p.Ops[v.Op].Attr.(graph.Input).DType {
		case tensor.Uint8:
			x := tensor.NewUint8(v.Shape...)
			for i := range x.U8 {
				x.U8[i] = uint8(r.Uint32())
			}
			in = append(in, x)
		case tensor.Int32:
			x := tensor.NewInt32(v.Shape...)
			for i := range x.I32 {
				x.I32[i] = int32(r.IntN(10))
			}
			in = append(in, x)
		default:
			x := tensor.NewFloat32(v.Shape...)
			for i := range x.F32 {
				x.F32[i] = float32(r.IntN(2))
			}
			in = append(in, x)
		}
	}
	return in
}

// BenchmarkPretrain is one step of the preset cifar10-tiny on random images.
func BenchmarkPretrain(b *testing.B) { benchmarkPretrain(b, model.Mix{}) }

// BenchmarkPretrainMixture is the same with a mixture of 8.
func BenchmarkPretrainMixture(b *testing.B) { benchmarkPretrain(b, model.Mix{K: 8}) }

func benchmarkPretrain(b *testing.B, mix model.Mix) {
	const pairs = 128
	c := tiny
	c.NDF, c.NRKHS, c.NDepth, c.Mix = 64, 512, 3, mix
	p, err := c.Pretrain(10).Bind(2*pairs, 0, 0)
	if err != nil {
		b.Fatal(err)
	}
	in, out := randomInputs(p, 0), engine.Outputs(p)
	for _, precision := range []string{F32, BF16} {
		b.Run(precision, func(b *testing.B) {
			e, err := New(Config{Precision: precision})
			if err != nil {
				b.Fatal(err)
			}
			defer e.Close()
			s, _ := e.NewState(p.Vars, engine.Options{Adam: optim.DefaultAdam()})
			if err := model.Initialize(p.Vars, 1, s.Set); err != nil {
				b.Fatal(err)
			}
			x, err := s.Compile(p)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := x.Step(in, out, 1e-4); err != nil { // packs weights, grows scratch
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := x.Step(in, out, 1e-4); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(pairs*float64(b.N)/b.Elapsed().Seconds(), "pairs/s")
			b.ReportMetric(float64(p.Cost().Train)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}
