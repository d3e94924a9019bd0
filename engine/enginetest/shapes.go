package enginetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/tensor"
)

// peerShapes are the convolutions of the 32 px network with ndf 128 and n_rkhs
// 1024 that bench/kernels.sh sets beside another library, on 100 images; h 0 is
// the product of 200 antecedents by the locations of 200 images.
var peerShapes = []struct {
	name            string
	h, c, k, s, out int
}{
	{"1x1 128-128 @30", 30, 128, 1, 1, 128},
	{"4x4s2 128-256 30-14", 30, 128, 4, 2, 256},
	{"1x1 256-256 @14", 14, 256, 1, 1, 256},
	{"2x2s2 256-512 14-7", 14, 256, 2, 2, 512},
	{"1x1 512-512 @7", 7, 512, 1, 1, 512},
	{"3x3 512-512 7-5", 7, 512, 3, 1, 512},
	{"1x1 512-1024 @7", 7, 512, 1, 1, 1024},
	{"1x1 1024-1024 @7", 7, 1024, 1, 1, 1024},
	{"matmul 200x1024x9800", 0, 1024, 0, 0, 9800},
}

// Shapes measures convolution and ReLU in three phases: forward, the gradient by
// the input and that by the weights, in GFLOP/s of so many threads at work, with
// the peak of the same run.
func Shapes(b *testing.B, eng engine.Profiler, threads int) {
	for _, shape := range peerShapes {
		c := bench(shape.name, func(s *sketch) {
			if shape.h == 0 {
				s.classify(s.Linear("conv", s.activations("x", 200, shape.c), graph.Linear{Out: shape.out}, gain()))
				return
			}
			x := s.activations("x", 100, shape.h, shape.h, shape.c)
			conv := graph.Conv2D{Out: shape.out, K: shape.k, Stride: shape.s}
			s.classify(s.ReLU("relu", s.Conv2D("conv", x, conv, gain())))
		})
		b.Run(c.name, func(b *testing.B) { phases(b, eng, threads, c) })
	}
}

func phases(b *testing.B, eng engine.Profiler, threads int, c benchCase) {
	tr := c.trial(1)
	s := open(b, eng, tr, adam)
	d := map[string][]float32{}
	for _, v := range tr.p.Vars {
		if v.Trainable {
			d[v.Name] = make([]float32, tensor.Size(v.Shape))
		}
	}
	call := func() error { return s.exec.Grad(tr.in, s.out, d) }
	if err := call(); err != nil {
		b.Fatal(err)
	}
	eng.Profile(true)
	measure(b, 0, 0, call)
	eng.Profile(false)
	n := float64(b.N + 1) // measure warms up
	for _, t := range eng.Times() {
		if t.Op == "conv" {
			flops := float64(tr.p.OpFLOPs(operation(tr.p, t.Op)))
			b.ReportMetric(n*flops*float64(threads)/t.Seconds/1e9, fmt.Sprintf("%s-GFLOP/s", metricNames[t.Phase]))
		}
	}
	b.ReportMetric(eng.Peak(threads, 50*time.Millisecond)/1e9, "peak-GFLOP/s")
}

var metricNames = map[string]string{
	engine.Forward: "forward", engine.BackwardData: "data", engine.BackwardWeights: "weights",
}

func operation(p *graph.Program, name string) graph.Op {
	for _, op := range p.Ops {
		if op.Name == name {
			return op
		}
	}
	panic("enginetest: no operation " + name)
}
