//go:build !noasm && (amd64 || arm64)

package kernel

// storeFunc is Store for 1 ≤ n ≤ 32 columns, strides in bytes, bias and add nil
// for none (then ldadd is 0), and least the smallest result. The twin is
// storeGeneric.
type storeFunc[E Elem] func(dst *E, ldd int, c *float32, ldc, m, n int, bias *float32, add *E, ldadd int,
	least float32)

// storePanels is Store by panels of columns and stretches of rows. Columns after
// the last multiple of lanes are left to the generic loop.
func storePanels[E Elem](
	store storeFunc[E], lanes int,
) func([]E, int, []float32, int, int, int, Epilogue[E]) {
	size := 4 / depth[E]()
	const most = stretch / PanelCols
	return func(dst []E, ldd int, c []float32, ldc, m, n int, e Epilogue[E]) {
		var bias *float32
		var add *E
		var ldadd int
		whole := n / lanes * lanes
		for i := 0; i < m; i += most {
			for j := 0; j < whole; j += PanelCols {
				if e.Bias != nil {
					bias = &e.Bias[j]
				}
				if e.Add != nil {
					add, ldadd = &e.Add[i*e.LdAdd+j], size*e.LdAdd
				}
				store(&dst[i*ldd+j], size*ldd, &c[i*ldc+j], 4*ldc, min(m-i, most), min(whole-j, PanelCols),
					bias, add, ldadd, least(e.ReLU))
			}
		}
		if whole < n {
			if e.Bias != nil {
				e.Bias = e.Bias[whole:]
			}
			if e.Add != nil {
				e.Add = e.Add[whole:]
			}
			storeGeneric(dst[whole:], ldd, c[whole:], ldc, m, n-whole, e)
		}
	}
}
