package kernel

// PanelCols is the number of columns of a panel.
const PanelCols = 32

// Panels is the number of panels that hold n columns.
func Panels(n int) int { return (n + PanelCols - 1) / PanelCols }

// RoundK rounds a number of rows up to the number that is packed.
func (p *Products[E]) RoundK(k int) int { return (k + p.KAlign - 1) / p.KAlign * p.KAlign }

// PanelLen is the length of one packed panel of k rows.
func (p *Products[E]) PanelLen(k int) int { return p.RoundK(k) * PanelCols }

// PackedLen is the length of a packed matrix of k rows and n columns.
func (p *Products[E]) PackedLen(k, n int) int { return Panels(n) * p.PanelLen(k) }

// Gemm multiplies m rows of a by one packed panel b of k rows. It sets
// (acc false) or adds to (acc true) c, for i < m and j < 32:
//
//	c[i·ldc+j] = Σ_p a[i·lda+p]·b[p][j]    p < k
//
// k is a multiple of KAlign. Row i reads a[i·lda : i·lda+k] and nothing else;
// rows may overlap (lda < k), as the windows of a convolution do.
func (p *Products[E]) Gemm(c []float32, ldc int, a []E, lda int, b []E, m, k int, acc bool) {
	if m <= 0 {
		return
	}
	need("Gemm", "lda", lda, 0)
	need("Gemm", "ldc", ldc, PanelCols)
	need("Gemm", "len(c)", len(c), (m-1)*ldc+PanelCols)
	need("Gemm", "len(a)", len(a), (m-1)*lda+k)
	need("Gemm", "len(b)", len(b), k*PanelCols)
	same("Gemm", "k rounded up to KAlign", p.RoundK(k), k)
	p.gemm(c, ldc, a, lda, b, m, k, acc)
}

// GemmTN sets c to the product of a transposed panel, made by PackLeft, and packed
// panels, both of k rows, or with acc adds it: the gradient of 32 rows of a weight
// matrix. For i < 32, j < 32, q < panels:
//
//	c[i·ldc + q·32 + j] = Σ_p at[p][i]·b_q[p][j]    p < k
//
// k is a multiple of KAlign.
func (p *Products[E]) GemmTN(c []float32, ldc int, at, b []E, k, panels int, acc bool) {
	if panels <= 0 {
		return
	}
	need("GemmTN", "ldc", ldc, panels*PanelCols)
	need("GemmTN", "len(c)", len(c), (PanelCols-1)*ldc+panels*PanelCols)
	need("GemmTN", "len(at)", len(at), k*PanelCols)
	need("GemmTN", "len(b)", len(b), panels*k*PanelCols)
	same("GemmTN", "k rounded up to KAlign", p.RoundK(k), k)
	if k == 0 {
		gemmTNGeneric(c, ldc, at, b, 0, panels, acc)
		return
	}
	p.gemmTN(c, ldc, at, b, k, panels, acc)
}
