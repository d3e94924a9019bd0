//go:build !noasm

package kernel

// tilesFunc multiplies rows of A, in tiles of a few, by a panel: many ≥ 1 tiles
// of rows ≤ Mr rows and then few of rows − 1, steps ≥ 1 long. A step is one
// dword of each row of A: one float32 or a pair of BF16. Strides are in bytes:
// ldc between rows of c, rs between rows of A and ks between its steps, so that
// plain rows and the columns of a packed panel can both be rows of A (in AVX-512 by
// two functions, which do not read ks); half from
// columns 0..15 of a panel row to the others, if the panel is stored by halves.
// bias (32 columns) and add (rows ldadd apart) are added, nil for none; no result
// is less than least. The twins are gemmGeneric and storeGeneric.
type tilesFunc[C, E Elem] func(c *C, ldc int, a *E, rs, ks int, b *E, half, steps, rows, many, few int,
	bias *float32, add *C, ldadd int, least float32)

// evenRows splits m rows into tiles of at most mr, as evenly as possible.
func evenRows(m, mr int) (rows, many, few int) {
	tiles := (m + mr - 1) / mr
	rows, many = m/tiles, m%tiles
	if many == 0 {
		return rows, tiles, 0
	}
	return rows + 1, many, tiles - many
}

// rowSteps bounds rows times steps of one assembly call, which cannot be
// preempted: 2¹⁸ are 0.2 ms.
const rowSteps = 1 << 18

// gemmTiles is Gemm by tiles of at most mr rows.
func gemmTiles[E Elem](tiles tilesFunc[float32, E], mr int, l layout) gemmFunc[E] {
	d := depth[E]()
	return func(c []float32, ldc int, a []E, lda int, b []E, m, k int, acc bool) {
		if k == 0 {
			gemmGeneric(c, ldc, a, lda, b, m, k, acc)
			return
		}
		_, half := strides[E](l, k)
		most := max(mr, rowSteps/k/mr*mr)
		for i := 0; i < m; i += most {
			rows, many, few := evenRows(min(most, m-i), mr)
			var add *float32
			if acc {
				add = &c[i*ldc]
			}
			tiles(&c[i*ldc], 4*ldc, &a[i*lda], 4/d*lda, 4, &b[0], 4/d*half, k/d, rows, many, few,
				nil, add, 4*ldc, least(false))
		}
	}
}

// gemmTNTiles is GemmTN: columns of the panel at, which is stored by rows, are the rows
// of A.
func gemmTNTiles[E Elem](tiles tilesFunc[float32, E], mr int, l layout) gemmTNFunc[E] {
	d := depth[E]()
	return func(c []float32, ldc int, at, b []E, k, panels int, acc bool) {
		rows, many, few := evenRows(PanelCols, mr)
		const most = rowSteps / PanelCols
		step, half := strides[E](l, k)
		for k0 := 0; k0 < k; k0 += most {
			steps := min(most, k-k0) / d
			for q := range panels {
				to := &c[q*PanelCols]
				add := to
				if !acc && k0 == 0 {
					add = nil
				}
				tiles(to, 4*ldc, &at[k0*PanelCols], 4, 4*PanelCols, &b[q*k*PanelCols+k0/d*step], 4/d*half, steps,
					rows, many, few, nil, add, 4*ldc, least(false))
			}
		}
	}
}

// gemmStoreTiles multiplies m rows by k rows of whole panels, one after another, and
// applies the epilogue in registers.
func gemmStoreTiles[E Elem](tiles tilesFunc[E, E], mr int, l layout) gemmStoreFunc[E] {
	return func(
		dst []E, ldd int, a []E, lda int, b []E, k0, m, k, panels int, e Epilogue[E], _ []float32,
	) {
		size := len(b) / panels
		for q := range panels {
			j := q * PanelCols
			gemmStorePanel(tiles, mr, l, dst[j:], ldd, a, lda, b[q*size:][:size], k0, m, k, e.From(j))
		}
	}
}

func gemmStorePanel[E Elem](
	tiles tilesFunc[E, E], mr int, l layout,
	dst []E, ldd int, a []E, lda int, b []E, k0, m, k int, e Epilogue[E],
) {
	d := depth[E]()
	size := 4 / d
	step, half := strides[E](l, len(b)/PanelCols)
	var bias *float32
	var add *E
	if e.Bias != nil {
		bias = &e.Bias[:PanelCols][0]
	}
	most := max(mr, rowSteps/k/mr*mr)
	for i := 0; i < m; i += most {
		rows, many, few := evenRows(min(most, m-i), mr)
		if e.Add != nil {
			add = &e.Add[i*e.LdAdd]
		}
		tiles(&dst[i*ldd], size*ldd, &a[i*lda], size*lda, 4, &b[k0/d*step], size*half, k/d, rows, many, few,
			bias, add, size*e.LdAdd, least(e.ReLU))
	}
}
