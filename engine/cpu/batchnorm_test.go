package cpu

import (
	"math"
	"testing"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/kernel"
	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/tensor"
)

// Variances of one, about means up to a thousand deviations away, with a row far
// from all others: compared to two passes in float64.
func TestStatisticsAreThoseOfTwoPasses(t *testing.T) {
	for _, set := range kernel.Sets() {
		eng, err := New(Config{Kernel: set.Name, Precision: F32, Threads: 1})
		if err != nil {
			t.Fatal(err)
		}
		e := &exec[float32]{set: set, k: set.F32, pool: eng.pool}
		for _, rows := range []int{1, 2, 15, 16, 17, 255, 256, 257, 3000} {
			testStatistics(t, e, rows, 24)
		}
		eng.Close()
	}
}

func testStatistics(t *testing.T, e *exec[float32], rows, c int) {
	r := rng.New(8, 0, rows, rng.Sample)
	x := make([]float32, rows*c)
	for i := range x {
		x[i] = float32(r.Normal() + []float64{0, -30, 1000}[i%c%3])
	}
	for j := range c {
		x[j] += 20 // the first row
	}
	n := &batchNorm[float32]{parts: make([]float32, normParts*3*c), total: make([]float64, 2*c)}
	mean, variance := make([]float32, c), make([]float32, c)
	n.statistics(e, mean, variance, x)
	for j := range c {
		m, v := 0., 0.
		for i := j; i < len(x); i += c {
			m += float64(x[i]) / float64(rows)
		}
		for i := j; i < len(x); i += c {
			v += (float64(x[i]) - m) * (float64(x[i]) - m) / float64(rows)
		}
		// The mean is rounded to float32; sums of up to 188 squares are off by some 2⁻²⁴.
		if !(math.Abs(float64(mean[j])-m) <= 1e-6*(1+math.Abs(m))) ||
			!(math.Abs(float64(variance[j])-v) <= 1e-5*v) {
			t.Errorf("%s, %d rows, channel %d: mean %v, variance %v, want %v and %v",
				e.set.Name, rows, j, mean[j], variance[j], m, v)
		}
	}
}

// BenchmarkBatchNorm is the node behind the 7 × 7 head, two views of 128 images of
// 512 channels. MB/s counts input and result once, and the gradients of both.
func BenchmarkBatchNorm(b *testing.B) {
	const n, c = 256, 512
	g := graph.NewBuilder("norm")
	norm := graph.BatchNorm{Mode: graph.Running, Groups: 1, Momentum: 0.1, Eps: 1e-5}
	x := g.BatchNorm("scale", g.Input("x", graph.Input{}, graph.Any, 7, 7, c), norm) // takes a gradient
	norm.Mode, norm.Groups = graph.BatchUpdate, 2
	x = g.AvgPool("pool", g.BatchNorm("bn", x, norm), 7, 1)
	labels := g.Input("labels", graph.Input{DType: tensor.Int32}, graph.Any)
	loss, _, _ := g.SoftmaxXent("xent", g.Reshape("pooled", x, c), labels, 10)
	g.Loss(loss, 1)
	p, err := g.Program().Bind(n, 0, 0)
	if err != nil {
		b.Fatal(err)
	}
	b.Run(F32, func(b *testing.B) { benchBatchNorm[float32](b, p, F32, 4) })
	b.Run(BF16, func(b *testing.B) { benchBatchNorm[kernel.BF16](b, p, BF16, 2) })
}

func benchBatchNorm[E kernel.Elem](b *testing.B, p *graph.Program, precision string, size int) {
	eng, err := New(Config{Precision: precision})
	if err != nil {
		b.Fatal(err)
	}
	defer eng.Close()
	s, _ := eng.NewState(p.Vars, engine.Options{})
	if err := model.Initialize(p.Vars, 1, s.Set); err != nil {
		b.Fatal(err)
	}
	x, err := s.Compile(p)
	if err != nil {
		b.Fatal(err)
	}
	if err := x.Forward(randomInputs(p, 0), engine.Outputs(p)); err != nil {
		b.Fatal(err)
	}
	e := x.(*exec[E])
	node := e.norms[0]
	bytes := int64(2 * size * len(e.bufs[node.y].x))
	for _, k := range []struct {
		name  string
		bytes int64
		run   func()
	}{
		{"forward", bytes, func() { node.forward(e) }},
		{"backward", 2 * bytes, func() { node.backward(e) }},
	} {
		b.Run(k.name, func(b *testing.B) {
			b.SetBytes(k.bytes)
			for b.Loop() {
				k.run()
			}
		})
	}
}
