//go:build !noasm

package kernel

//go:noescape
func tileF32NEON(c *float32, ldc int, a *float32, rs, ks int, b *float32, steps, rows int, acc bool)

//go:noescape
func tileWideNEON(c *float32, ldc int, a *BF16, rs, ks int, b *BF16, steps, rows int, acc bool)

// Mr of the NEON tiles: 24 of 32 registers are sums of float32 products, 16 of
// BF16, which need room to be widened.
const (
	mrNEON     = 6
	mrNEONWide = 4
)

// tileFunc is a micro-kernel: rows rows of A times a panel, for 1 ≤ rows ≤ Mr
// and steps ≥ 1. A step is one dword of each row of A: one float32 or a pair of
// BF16. ldc, rs (between rows of A) and ks (between steps of A) are in bytes, so
// that plain rows and the columns of a packed panel are both rows of A. It sets
// or, with acc, adds to c. The twin is gemmGeneric.
type tileFunc[E Elem] func(c *float32, ldc int, a *E, rs, ks int, b *E, steps, rows int, acc bool)

// gemmTiled is Gemm by micro-kernels of at most mr rows.
func gemmTiled[E Elem](tile tileFunc[E], mr int) gemmFunc[E] {
	d := depth[E]()
	rs := 4 / d
	return func(c []float32, ldc int, a []E, lda int, b []E, m, k int, acc bool) {
		if k == 0 {
			gemmGeneric(c, ldc, a, lda, b, m, k, acc)
			return
		}
		for tiles, i := (m+mr-1)/mr, 0; tiles > 0; tiles-- {
			rows := (m - i + tiles - 1) / tiles
			tile(&c[i*ldc], 4*ldc, &a[i*lda], rs*lda, 4, &b[0], k/d, rows, acc)
			i += rows
		}
	}
}

// gemmTNTiled is GemmTN by micro-kernels of at most mr rows: columns of the
// packed panel at are the rows of A.
func gemmTNTiled[E Elem](tile tileFunc[E], mr int) gemmTNFunc[E] {
	d := depth[E]()
	return func(c []float32, ldc int, at, b []E, k, panels int, acc bool) {
		for q := range panels {
			for tiles, i := (PanelCols+mr-1)/mr, 0; tiles > 0; tiles-- {
				rows := (PanelCols - i + tiles - 1) / tiles
				tile(&c[i*ldc+q*PanelCols], 4*ldc, &at[i*d], 4, 4*PanelCols, &b[q*k*PanelCols], k/d, rows, acc)
				i += rows
			}
		}
	}
}
