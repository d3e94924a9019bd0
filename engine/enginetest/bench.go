package enginetest

import (
	"fmt"
	"testing"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/tensor"
)

// Bench measures every operation at the shapes of the 32 px network with ndf 64
// and n_rkhs 512, PAPER 3.2, on 64 images: Forward, and Grad, which is forward
// and backward with a gradient by input and variables. GFLOP/s counts
// multiplications and additions of products alone; MB/s counts, for the
// operations without products, their input and result once in float32.
func Bench(b *testing.B, eng engine.Engine) {
	for _, c := range benchCases() {
		b.Run(c.name, func(b *testing.B) {
			tr := c.trial(1)
			s := open(b, eng, tr, adam)
			d := map[string][]float32{}
			for _, v := range tr.p.Vars {
				if v.Trainable {
					d[v.Name] = make([]float32, tensor.Size(v.Shape))
				}
			}
			cost := tr.p.Cost()
			b.Run("forward", func(b *testing.B) {
				measure(b, c.bytes, cost.Forward, func() error { return s.exec.Forward(tr.in, s.out) })
			})
			b.Run("grad", func(b *testing.B) {
				measure(b, c.bytes, cost.Train, func() error { return s.exec.Grad(tr.in, s.out, d) })
			})
		})
	}
}

// measure runs call once to warm up and then in the timer.
func measure(b *testing.B, bytes int, flops int64, call func() error) {
	if err := call(); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(bytes))
	for b.Loop() {
		if err := call(); err != nil {
			b.Fatal(err)
		}
	}
	if flops > 0 && bytes == 0 {
		b.ReportMetric(float64(flops)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
	}
}

type benchCase struct {
	testCase
	bytes int // moved by an operation without products
}

// benchImages are in a batch: small enough for a run of a second on two cores.
const benchImages = 64

func benchCases() []benchCase {
	cases := []benchCase{bench("stem 3x3, 32x32, 3 to 64, relu", func(s *sketch) {
		x := s.images("images", benchImages, 32, 32)
		x = s.ReLU("relu", s.Conv2D("conv", x, graph.Conv2D{Out: 64, K: 3, Stride: 1, Bias: true}, gain()))
		s.classify(x)
	})}
	for _, c := range []struct{ h, c, out, k, stride int }{
		{30, 64, 64, 1, 1}, {30, 64, 128, 4, 2}, {14, 128, 128, 1, 1}, {14, 128, 256, 2, 2},
		{7, 256, 256, 1, 1}, {7, 256, 256, 3, 1}, {5, 256, 256, 3, 1}, {3, 256, 512, 3, 1},
	} {
		name := fmt.Sprintf("layer %dx%d s%d, %dx%d, %d to %d", c.k, c.k, c.stride, c.h, c.h, c.c, c.out)
		cases = append(cases, bench(name, func(s *sketch) {
			x := s.activations("x", benchImages, c.h, c.h, c.c)
			s.classify(residual(s, "layer", x, c.out, c.k, c.stride, false))
		}))
	}
	for _, l := range []int{25, 49} {
		cases = append(cases, bench(fmt.Sprintf("nce, %d locations of 512", l), func(s *sketch) {
			a, c := s.activations("a", 2*benchImages, 512), s.activations("c", 2*benchImages, l, 512)
			loseNCE(s, a, c, 20, 1, 4e-2)
		}))
	}
	cases = append(cases, bench("linear 512 to 1024", func(s *sketch) {
		x := s.activations("x", 2*benchImages, 512)
		s.classify(s.Linear("linear", x, graph.Linear{Out: 1024}, gain()))
	}))
	norm := bench("batchnorm 7x7 of 512", func(s *sketch) {
		x := s.activations("x", 2*benchImages, 7, 7, 512)
		s.classify(s.BatchNorm("bn", x, batchNorm(graph.BatchUpdate, 2)))
	})
	norm.bytes = 2 * 4 * 2 * benchImages * 7 * 7 * 512
	return append(cases, norm)
}

func bench(name string, build func(*sketch)) benchCase {
	return benchCase{testCase: testCase{name: name, build: build}}
}

// activations is an input that takes a gradient: a scale stands before it.
func (s *sketch) activations(name string, shape ...int) graph.ValueID {
	return s.BatchNorm(name+".scale", s.input(name, shape...), batchNorm(graph.Running, 1))
}

// classify ends in a loss that costs little: on the mean over all locations.
func (s *sketch) classify(x graph.ValueID) {
	shape := s.Shape(x)
	c := shape[len(shape)-1]
	if len(shape) == 4 {
		x = s.Reshape("pooled", s.AvgPool("pool", x, shape[1], 1), c)
	}
	loss, _, _ := s.SoftmaxXent("xent", x, s.labels("labels", shape[0], c, 0), 10)
	s.lose("loss", loss, 1)
}
