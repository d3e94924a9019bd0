package kernel

import "math"

// storeRows is how many rows of a product wait in float32 for their epilogue: a
// multiple of the rows of every micro-kernel, and few enough to stay in L1.
const storeRows = 96

// StoreScratch is the length of the scratch memory of GemmStore.
const StoreScratch = storeRows * PanelCols

// GemmStore multiplies m rows of a by n columns of a packed matrix b of k rows
// and stores the product through an epilogue, for i < m and j < n:
//
//	dst[i·ldd+j] = E(relu(Σ_p a[i·lda+p]·b[p][j] + e.Bias[j] + e.Add[i·e.LdAdd+j]))    p < k
//
// k is a multiple of KAlign. scratch holds StoreScratch numbers, undefined before
// and after. dst must not overlap a, but may be e.Add.
func (p *Products[E]) GemmStore(
	dst []E, ldd int, a []E, lda int, b []E, m, k, n int, e Epilogue[E], scratch []float32,
) {
	if m <= 0 {
		return
	}
	need("GemmStore", "ldd", ldd, 0)
	need("GemmStore", "lda", lda, 0)
	need("GemmStore", "len(scratch)", len(scratch), StoreScratch)
	need("GemmStore", "len(a)", len(a), (m-1)*lda+k)
	need("GemmStore", "len(b)", len(b), p.PackedLen(k, n))
	need("GemmStore", "len(dst)", len(dst), (m-1)*ldd+n)
	same("GemmStore", "k rounded up to KAlign", p.RoundK(k), k)
	if e.Bias != nil {
		need("GemmStore", "len(Bias)", len(e.Bias), n)
	}
	if e.Add != nil {
		cols := n
		if e.AddCols > 0 {
			cols = min(n, e.AddCols)
		}
		need("GemmStore", "LdAdd", e.LdAdd, 0)
		need("GemmStore", "len(Add)", len(e.Add), (m-1)*e.LdAdd+cols)
	}
	for k0 := 0; k0 < k || k0 == 0; k0 += p.kBlock(k) {
		for j := 0; j < n; {
			ep := e.From(j)
			panels := ep.wholePanels(n - j)
			if p.gemmStore == nil || k == 0 {
				panels = 0
			}
			switch {
			case panels > 0:
				kn := min(p.kBlock(k), k-k0)
				p.gemmStore(dst[j:], ldd, a[k0:], lda, b[j*k:(j+panels*PanelCols)*k], k0, m, kn, panels,
					part(ep, dst[j:], ldd, k0, k0+kn == k), scratch)
			case k0 == 0:
				p.storeParts(dst[j:], ldd, a, lda, b[j*k:(j+PanelCols)*k], m, k, min(PanelCols, n-j), ep, scratch)
			}
			j += max(panels, 1) * PanelCols
		}
	}
}

// wholePanels is how many whole panels of n columns there are before the first to
// which a part of Add is added.
func (e Epilogue[E]) wholePanels(n int) int {
	if e.Add != nil {
		n = min(n, e.AddCols)
	}
	return n / PanelCols
}

// kBlock is how much of k is multiplied before the next panel: partial sums are
// stored as E, so only float32 panels are split.
func (p *Products[E]) kBlock(k int) int {
	if p.KBlock == 0 {
		return max(k, 1)
	}
	return p.KBlock
}

// part is the epilogue of a block of k from k0: the first block adds the residual,
// the others add to the sums so far, and the last adds the bias and completes them.
func part[E Elem](e Epilogue[E], dst []E, ldd, k0 int, last bool) Epilogue[E] {
	if k0 > 0 {
		e.Add, e.LdAdd, e.AddCols = dst, ldd, 0
	}
	if !last {
		e.Bias, e.ReLU = nil, false
	}
	return e
}

// storeParts multiplies m rows by a panel of n ≤ 32 columns through scratch.
func (p *Products[E]) storeParts(
	dst []E, ldd int, a []E, lda int, panel []E, m, k, n int, e Epilogue[E], scratch []float32,
) {
	for i := 0; i < m; i += storeRows {
		rows := min(storeRows, m-i)
		p.Gemm(scratch, PanelCols, a[i*lda:], lda, panel, rows, k, false)
		p.storePanel(dst[i*ldd:], ldd, scratch, rows, n, e)
		if e.Add != nil && i+rows < m {
			e.Add = e.Add[rows*e.LdAdd:]
		}
	}
}

// From is the epilogue of columns from j; its AddCols counts what is left of
// Add, if there is one.
func (e Epilogue[E]) From(j int) Epilogue[E] {
	if e.Bias != nil {
		e.Bias = e.Bias[j:]
	}
	if e.Add == nil {
		return e
	}
	if e.AddCols == 0 {
		e.AddCols = math.MaxInt
	}
	if e.AddCols -= j; e.AddCols <= 0 {
		e.Add = nil
		return e
	}
	e.Add = e.Add[j:]
	return e
}

// storePanel applies the epilogue to a product of n ≤ 32 columns.
func (p *Products[E]) storePanel(dst []E, ldd int, c []float32, m, n int, e Epilogue[E]) {
	if e.Add == nil || e.AddCols >= n {
		p.Store(dst, ldd, c, PanelCols, m, n, e)
		return
	}
	with := e.AddCols
	p.Store(dst, ldd, c, PanelCols, m, with, e)
	e.Add = nil
	if e.Bias != nil {
		e.Bias = e.Bias[with:]
	}
	p.Store(dst[with:], ldd, c[with:], PanelCols, m, n-with, e)
}
