//go:build !noasm

package kernel

// rowsFunc packs steps rows, or pairs of rows of BF16, as a panel of
// 1 ≤ cols ≤ 32 columns: row i from src[off[i]]. The twin is packRowsGeneric.
type rowsFunc[E Elem] func(dst, src *E, off *int32, steps, cols int)

//go:noescape
func packRowsF32AVX2(dst, src *float32, off *int32, rows, cols int)

// packPairsAVX2 takes cols = 32 alone.
//
//go:noescape
func packPairsAVX2(dst, src *BF16, off *int32, pairs, cols int)

//go:noescape
func packPairsAVX512(dst, src *BF16, off *int32, pairs, cols int)

// packFunc is PackRows with the number of packed rows.
type packFunc[E Elem] func(dst, src []E, off []int32, cols, kRound int)

// packRowsBy is PackRows by a rowsFunc for panels of at least narrowest columns;
// narrower ones, and the last of an odd number of rows of BF16, are left to the
// generic loop.
func packRowsBy[E Elem](pack rowsFunc[E], narrowest int) packFunc[E] {
	const most = stretch / PanelCols
	d := depth[E]()
	return func(dst, src []E, off []int32, cols, kRound int) {
		for q := range Panels(cols) {
			width := min(PanelCols, cols-q*PanelCols)
			steps := len(off) / d
			if width < narrowest {
				steps = 0
			}
			panel := dst[q*kRound*PanelCols:][:kRound*PanelCols]
			for p := 0; p < steps; p += most {
				pack(&panel[d*p*PanelCols], &src[q*PanelCols], &off[d*p], min(steps-p, most), width)
			}
			clear(panel[d*steps*PanelCols:])
			for p := d * steps; p < len(off); p++ {
				setRow(dst, src[int(off[p])+q*PanelCols:][:width], kRound, q, p)
			}
		}
	}
}

// roundFunc rounds and packs steps rows, or pairs of rows of BF16, ld bytes
// apart, as a panel of 1 ≤ cols ≤ 32 columns. The twin is packF32Generic.
type roundFunc[E Elem] func(dst *E, src *float32, ld, steps, cols int)

//go:noescape
func packF32AVX2(dst, src *float32, ld, rows, cols int)

//go:noescape
func packRoundedAVX2(dst *BF16, src *float32, ld, pairs, cols int)

//go:noescape
func packRoundedAVX512(dst *BF16, src *float32, ld, pairs, cols int)

// packF32By is PackF32 by a roundFunc; the last of an odd number of rows of BF16
// is packed with a row of zeros.
func packF32By[E Elem](pack roundFunc[E]) func(dst []E, src []float32, ld, k, n, kRound int) {
	const most = stretch / PanelCols
	d := depth[E]()
	return func(dst []E, src []float32, ld, k, n, kRound int) {
		for q := range Panels(n) {
			panel := dst[q*kRound*PanelCols:][:kRound*PanelCols]
			width, steps := min(PanelCols, n-q*PanelCols), k/d
			for p := 0; p < steps; p += most {
				pack(&panel[d*p*PanelCols], &src[d*p*ld+q*PanelCols], 4*ld, min(steps-p, most), width)
			}
			done := d * steps
			if done < k {
				var last [2][PanelCols]float32
				copy(last[0][:width], src[done*ld+q*PanelCols:])
				pack(&panel[done*PanelCols], &last[0][0], 4*PanelCols, 1, PanelCols)
				done += 2
			}
			clear(panel[done*PanelCols:])
		}
	}
}
