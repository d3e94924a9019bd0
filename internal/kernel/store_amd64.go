//go:build !noasm

package kernel

import "math"

// storeFunc is Store for 1 ≤ n ≤ 32 columns, strides in bytes, bias and add nil
// for none, and least the smallest result. The twin is storeGeneric.
type storeFunc[E Elem] func(dst *E, ldd int, c *float32, ldc, m, n int, bias *float32, add *E, ldadd int,
	least float32)

//go:noescape
func storeF32AVX512(dst *float32, ldd int, c *float32, ldc, m, n int, bias *float32, add *float32, ldadd int,
	least float32)

//go:noescape
func storeBF16AVX512(dst *BF16, ldd int, c *float32, ldc, m, n int, bias *float32, add *BF16, ldadd int,
	least float32)

//go:noescape
func storeConvertAVX512(dst *BF16, ldd int, c *float32, ldc, m, n int, bias *float32, add *BF16, ldadd int,
	least float32)

// storePanels is Store by panels of columns and stretches of rows.
func storePanels[E Elem](store storeFunc[E]) func([]E, int, []float32, int, int, int, Epilogue[E]) {
	size := 4 / depth[E]()
	return func(dst []E, ldd int, c []float32, ldc, m, n int, e Epilogue[E]) {
		least := float32(math.Inf(-1))
		if e.ReLU {
			least = 0
		}
		var bias *float32
		var add *E
		for i := 0; i < m; i += stretch / PanelCols {
			for j := 0; j < n; j += PanelCols {
				if e.Bias != nil {
					bias = &e.Bias[j]
				}
				if e.Add != nil {
					add = &e.Add[i*e.LdAdd+j]
				}
				store(&dst[i*ldd+j], size*ldd, &c[i*ldc+j], 4*ldc, min(m-i, stretch/PanelCols), min(n-j, PanelCols),
					bias, add, size*e.LdAdd, least)
			}
		}
	}
}
