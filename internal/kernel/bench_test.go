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
		p.GemmTN(c, n, at, y, k, n/PanelCols)
	}
	b.ReportMetric(2*PanelCols*float64(k)*float64(n)*float64(b.N)/1e9/b.Elapsed().Seconds(), "GFLOP/s")
}
