package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// BenchmarkGemm runs one panel of the layers of the encoder.
func BenchmarkGemm(b *testing.B) {
	for _, s := range Sets() {
		for _, k := range []int{64, 128, 256, 512, 1024} {
			b.Run(fmt.Sprintf("%s/f32/k%d", s.Name, k), func(b *testing.B) { benchGemm(b, &s.F32, k) })
			b.Run(fmt.Sprintf("%s/bf16/k%d", s.Name, k), func(b *testing.B) { benchGemm(b, &s.BF16, k) })
		}
	}
}

func benchGemm[E Elem](b *testing.B, p *Products[E], k int) {
	const m = 900
	n := k
	r := rand.New(rand.NewPCG(1, 2))
	a, w := random[E](r, m*k), random[E](r, k*n)
	c := make([]float32, m*n)
	for b.Loop() {
		for j := 0; j < n; j += PanelCols {
			p.Gemm(c[j:], n, a, k, w[j*k:], m, k, false)
		}
	}
	b.ReportMetric(2*m*float64(k)*float64(n)*float64(b.N)/1e9/b.Elapsed().Seconds(), "GFLOP/s")
}

// BenchmarkGemmTN runs the gradient of 32 rows of a k × k weight matrix over
// 900 rows.
func BenchmarkGemmTN(b *testing.B) {
	for _, s := range Sets() {
		for _, k := range []int{64, 256, 1024} {
			b.Run(fmt.Sprintf("%s/f32/n%d", s.Name, k), func(b *testing.B) { benchGemmTN(b, &s.F32, k) })
			b.Run(fmt.Sprintf("%s/bf16/n%d", s.Name, k), func(b *testing.B) { benchGemmTN(b, &s.BF16, k) })
		}
	}
}

func benchGemmTN[E Elem](b *testing.B, p *Products[E], n int) {
	k := p.RoundK(900)
	r := rand.New(rand.NewPCG(1, 2))
	at, y := random[E](r, k*PanelCols), random[E](r, k*n)
	c := make([]float32, PanelCols*n)
	for b.Loop() {
		p.GemmTN(c, n, at, y, k, n/PanelCols, true)
	}
	b.ReportMetric(2*PanelCols*float64(k)*float64(n)*float64(b.N)/1e9/b.Elapsed().Seconds(), "GFLOP/s")
}

// BenchmarkStore runs the epilogue of 900 rows of a panel with a residual.
func BenchmarkStore(b *testing.B) {
	for _, s := range Sets() {
		b.Run(s.Name+"/f32", func(b *testing.B) { benchStore(b, &s.F32) })
		b.Run(s.Name+"/bf16", func(b *testing.B) { benchStore(b, &s.BF16) })
	}
}

func benchStore[E Elem](b *testing.B, p *Products[E]) {
	const m, n = 900, PanelCols
	r := rand.New(rand.NewPCG(1, 2))
	c, dst := random[float32](r, m*n), make([]E, m*n)
	e := Epilogue[E]{Bias: c[:n], Add: random[E](r, m*n), LdAdd: n, ReLU: true}
	b.SetBytes(m * n * 4)
	for b.Loop() {
		p.Store(dst, n, c, n, m, n, e)
	}
}

// BenchmarkRows runs the loops over rows of channels on the output of a head.
func BenchmarkRows(b *testing.B) {
	for _, s := range Sets() {
		b.Run(s.Name+"/f32", func(b *testing.B) { benchRows(b, &s.F32) })
		b.Run(s.Name+"/bf16", func(b *testing.B) { benchRows(b, &s.BF16) })
	}
}

func benchRows[E Elem](b *testing.B, p *Products[E]) {
	const rows, n = 25, 512
	r := rand.New(rand.NewPCG(1, 2))
	x, dy, dst := random[E](r, rows*n), random[E](r, rows*n), make([]E, rows*n)
	f := random[float32](r, rows*n)
	acc, acc2, mean := make([]float32, n), make([]float32, n), f[:n]
	for _, k := range []struct {
		name string
		run  func()
	}{
		{"AddTo", func() { p.AddTo(acc, x) }},
		{"AddMoments", func() { p.AddMoments(acc, acc2, x, mean) }},
		{"AddProds", func() { p.AddProds(acc, acc2, dy, x, mean) }},
		{"ScaleShift", func() { p.ScaleShift(dst, x, mean, mean, true) }},
		{"Affine", func() { p.Affine(dst, dy, x, mean, mean, mean) }},
		{"ReLUMask", func() { p.ReLUMask(dst, dy, x) }},
		{"Add", func() { p.Add(dst, dy, x) }},
		{"Widen", func() { p.Widen(f, x) }},
		{"Narrow", func() { p.Narrow(dst, f) }},
	} {
		b.Run(k.name, func(b *testing.B) {
			b.SetBytes(int64(rows * n * 4 / depth[E]())) // of one operand
			for b.Loop() {
				k.run()
			}
		})
	}
}

// BenchmarkPack packs 900 rows of activations and the weights of a 1×1
// convolution.
func BenchmarkPack(b *testing.B) {
	for _, s := range Sets() {
		b.Run(s.Name+"/f32", func(b *testing.B) { benchPack(b, &s.F32) })
		b.Run(s.Name+"/bf16", func(b *testing.B) { benchPack(b, &s.BF16) })
	}
}

func benchPack[E Elem](b *testing.B, p *Products[E]) {
	const rows, n = 900, 256
	r := rand.New(rand.NewPCG(1, 2))
	x, w := random[E](r, rows*n), random[float32](r, n*n)
	off := make([]int32, rows)
	for i := range off {
		off[i] = int32(i * n)
	}
	dst := make([]E, p.PackedLen(rows, rows))
	for _, k := range []struct {
		name  string
		elems int64
		run   func()
	}{
		{"PackRows", rows * n, func() { p.PackRows(dst, x, off, n) }},
		{"PackTransposed", rows * n, func() { p.PackTransposed(dst, x, n, rows, n) }},
		{"PackF32", n * n, func() { p.PackF32(dst, w, n, n, n) }},
		{"PackF32Transposed", n * n, func() { p.PackF32Transposed(dst, w, n, n, n) }},
	} {
		b.Run(k.name, func(b *testing.B) {
			b.SetBytes(k.elems * int64(4/depth[E]())) // of the packed matrix
			for b.Loop() {
				k.run()
			}
		})
	}
}

// BenchmarkNCE runs the loops over one antecedent's scores with 128 images at 49
// locations.
func BenchmarkNCE(b *testing.B) {
	for _, s := range Sets() {
		b.Run(s.Name+"/f32", func(b *testing.B) { benchNCE(b, s, &s.F32) })
		b.Run(s.Name+"/bf16", func(b *testing.B) { benchNCE(b, s, &s.BF16) })
	}
}

func benchNCE[E Elem](b *testing.B, s *Set, p *Products[E]) {
	const n = 128 * 49
	x := random[float32](rand.New(rand.NewPCG(1, 2)), n)
	u, dst := make([]float32, n), make([]E, n)
	for _, k := range []struct {
		name string
		run  func()
	}{
		{"Scores", func() { s.NCEScores(u, x, NCEClip{Scale: 1, Clip: 20, Top: 20}) }},
		{"Unclipped", func() { s.NCEScores(u, x, NCEClip{Scale: 1, Top: 4}) }},
		{"Gradient", func() { p.NCEGradient(dst, 1, u, 1, x) }},
	} {
		b.Run(k.name, func(b *testing.B) {
			b.SetBytes(4 * n) // of one operand
			for b.Loop() {
				k.run()
			}
		})
	}
}

// BenchmarkMath runs the float32 loops over 64 Ki numbers.
func BenchmarkMath(b *testing.B) {
	const n = 1 << 16
	r := rand.New(rand.NewPCG(1, 2))
	x, y, m, v := random[float32](r, n), random[float32](r, n), make([]float32, n), make([]float32, n)
	p := AdamParams{LR: 1e-4, Beta1: 0.8, Beta2: 0.999, Eps: 1e-8, Correction1: 0.2, Correction2: 0.001}
	off := make([]int32, n/PanelCols)
	for i := range off {
		off[i] = int32(i * PanelCols)
	}
	for _, s := range Sets() {
		for _, k := range []struct {
			name string
			run  func()
		}{
			{"Max", func() { s.Max(x) }},
			{"Dot", func() { s.Dot(x, y) }},
			{"Axpy", func() { s.Axpy(m, 0, x) }},
			{"Scale", func() { s.Scale(y, 1, x) }},
			{"AddRows", func() { s.AddRows(m, off, x, PanelCols, PanelCols) }},
			{"AdamStep", func() { s.AdamStep(y, m, v, x, p) }},
		} {
			b.Run(s.Name+"/"+k.name, func(b *testing.B) {
				b.SetBytes(4 * n) // of one operand
				for b.Loop() {
					k.run()
				}
			})
		}
	}
}

// BenchmarkPeak runs multiply-adds in registers: what the products are measured by.
func BenchmarkPeak(b *testing.B) {
	for _, s := range Sets() {
		b.Run(s.Name+"/f32", func(b *testing.B) { benchPeak(b, s.F32.peak) })
		b.Run(s.Name+"/bf16", func(b *testing.B) { benchPeak(b, s.BF16.peak) })
	}
}

func benchPeak(b *testing.B, p peakLoop) {
	for b.Loop() {
		p.run(1, 1, peakRounds)
	}
	b.ReportMetric(2*float64(p.lanes*p.depth*peakRounds)*float64(b.N)/1e9/b.Elapsed().Seconds(), "GFLOP/s")
}
