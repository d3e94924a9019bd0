package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// unpack is element (p, j) of a packed matrix, looked up by hand.
func unpack[E Elem](b []E, kRound, p, j int) float64 {
	switch b := any(b).(type) {
	case []BF16:
		return float64(b[(j/32*kRound+p/2*2)*32+j%32*2+p%2].Float32())
	case []float32:
		return float64(b[(j/32*kRound+p)*32+j%32])
	}
	panic("unreachable")
}

func random[E Elem](r *rand.Rand, n int) []E {
	wide := make([]float32, n)
	for i := range wide {
		wide[i] = float32(r.NormFloat64())
	}
	x := make([]E, n)
	narrowGeneric(x, wide)
	return x
}

func wide[E Elem](x E) float64 {
	var w [1]float32
	widenGeneric(w[:], []E{x})
	return float64(w[0])
}

func TestGenericGemmIsTheSumOfProducts(t *testing.T) {
	testGenericGemm(t, genericSet().F32)
	testGenericGemm(t, genericSet().BF16)
}

func testGenericGemm[E Elem](t *testing.T, p Products[E]) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, s := range [][2]int{{1, 2}, {2, 64}, {3, 66}, {5, 130}} {
		m, k := s[0], s[1]
		a, b := random[E](r, m*k), random[E](r, k*PanelCols)
		c := make([]float32, m*PanelCols)
		p.Gemm(c, PanelCols, a, k, b, m, k, false)
		p.Gemm(c, PanelCols, a, k, b, m, k, true)
		for i := range c {
			var want, size float64
			for q := range k {
				v := 2 * wide(a[i/32*k+q]) * unpack(b, k, q, i%32)
				want += v
				size += math.Abs(v)
			}
			if math.Abs(float64(c[i])-want) > 1e-6*size {
				t.Fatalf("%T m %d k %d: c[%d] = %v, want %v", a, m, k, i, c[i], want)
			}
		}
	}
}

func TestGenericGemmTNIsTheSumOfProducts(t *testing.T) {
	testGenericGemmTN(t, genericSet().F32)
	testGenericGemmTN(t, genericSet().BF16)
}

func testGenericGemmTN[E Elem](t *testing.T, p Products[E]) {
	r := rand.New(rand.NewPCG(1, 2))
	const panels = 3
	for _, k := range []int{2, 64, 66, 130} {
		at, b := random[E](r, k*PanelCols), random[E](r, panels*k*PanelCols)
		c := make([]float32, 32*panels*32)
		p.GemmTN(c, panels*32, at, b, k, panels)
		p.GemmTN(c, panels*32, at, b, k, panels)
		for i := range c {
			var want, size float64
			for q := range k {
				v := 2 * unpack(at, k, q, i/(panels*32)) * unpack(b, k, q, i%(panels*32))
				want += v
				size += math.Abs(v)
			}
			if math.Abs(float64(c[i])-want) > 1e-6*size {
				t.Fatalf("%T k %d: c[%d] = %v, want %v", at, k, i, c[i], want)
			}
		}
	}
}
