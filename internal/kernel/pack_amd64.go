//go:build !noasm

package kernel

// packFunc is PackRows with the number of packed rows.
type packFunc[E Elem] func(dst, src []E, off []int32, cols, kRound int)

// packRowsF32AVX2 packs rows as a panel of 1 ≤ cols ≤ 32 columns, row i from
// src[off[i]]; step and half are strides in bytes. The twin is packRowsGeneric.
//
//go:noescape
func packRowsF32AVX2(dst, src *float32, off *int32, rows, cols, step, half int)

func packRowsF32(l layout) packFunc[float32] {
	const most = stretch / PanelCols
	return func(dst, src []float32, off []int32, cols, k int) {
		step, half := strides[float32](l, k)
		for q := range Panels(cols) {
			panel := dst[q*k*PanelCols:][:k*PanelCols]
			for p := 0; p < k; p += most {
				packRowsF32AVX2(&panel[p*step], &src[q*PanelCols], &off[p], min(k-p, most),
					min(PanelCols, cols-q*PanelCols), 4*step, 4*half)
			}
		}
	}
}

// packF32AVX2 packs rows, ld bytes apart, as a panel of 1 ≤ cols ≤ 32 columns; step
// and half are strides in bytes. The twin is packF32Generic.
//
//go:noescape
func packF32AVX2(dst, src *float32, ld, rows, cols, step, half int)

func packF32(l layout) func(dst, src []float32, ld, k, n, kRound int) {
	const most = stretch / PanelCols
	return func(dst, src []float32, ld, k, n, _ int) {
		step, half := strides[float32](l, k)
		for q := range Panels(n) {
			panel := dst[q*k*PanelCols:][:k*PanelCols]
			for p := 0; p < k; p += most {
				packF32AVX2(&panel[p*step], &src[p*ld+q*PanelCols], 4*ld, min(k-p, most),
					min(PanelCols, n-q*PanelCols), 4*step, 4*half)
			}
		}
	}
}

// pairsFunc packs pairs of rows as a panel of 1 ≤ cols ≤ 32 columns: row i from
// src[off[i]]; step and half are strides in bytes. The twin is packRowsGeneric.
type pairsFunc func(dst, src *BF16, off *int32, pairs, cols, step, half int)

// packPairsAVX2 takes only cols = 32.
//
//go:noescape
func packPairsAVX2(dst, src *BF16, off *int32, pairs, cols, step, half int)

//go:noescape
func packPairsAVX512(dst, src *BF16, off *int32, pairs, cols, step, half int)

// packPairs is PackRows with a pairsFunc for panels of at least narrowest columns;
// narrower ones, and the last of an odd number of rows, are left to the generic loop.
//
// A few rows of all panels are packed at a time, so that they are read in their order.
func packPairs(pack pairsFunc, narrowest int, l layout) packFunc[BF16] {
	const few = 16
	return func(dst, src []BF16, off []int32, cols, kRound int) {
		pairs := len(off) / 2
		step, half := strides[BF16](l, kRound)
		for p := 0; p < pairs; p += few {
			for q := range Panels(cols) {
				if width := min(PanelCols, cols-q*PanelCols); width >= narrowest {
					pack(&dst[q*kRound*PanelCols+p*step], &src[q*PanelCols], &off[2*p], min(pairs-p, few), width,
						2*step, 2*half)
				}
			}
		}
		for q := range Panels(cols) {
			width, done := min(PanelCols, cols-q*PanelCols), 2*pairs
			if width < narrowest {
				done = 0
			}
			clearRows(l, dst[q*kRound*PanelCols:][:kRound*PanelCols], done)
			for p := done; p < len(off); p++ {
				setRow(l, dst, src[int(off[p])+q*PanelCols:][:width], kRound, q, p)
			}
		}
	}
}

// roundFunc rounds and packs pairs of rows, ld bytes apart, as a panel of
// 1 ≤ cols ≤ 32 columns; step and half are strides in bytes. The twin is packF32Generic.
type roundFunc func(dst *BF16, src *float32, ld, pairs, cols, step, half int)

//go:noescape
func packRoundedAVX2(dst *BF16, src *float32, ld, pairs, cols, step, half int)

//go:noescape
func packRoundedAVX512(dst *BF16, src *float32, ld, pairs, cols, step, half int)

// packRounded is PackF32 with a roundFunc; the last of an odd number of rows is
// packed with a row of zeros.
func packRounded(pack roundFunc, l layout) func(dst []BF16, src []float32, ld, k, n, kRound int) {
	const most = stretch / PanelCols
	return func(dst []BF16, src []float32, ld, k, n, kRound int) {
		step, half := strides[BF16](l, kRound)
		for q := range Panels(n) {
			panel := dst[q*kRound*PanelCols:][:kRound*PanelCols]
			width, pairs := min(PanelCols, n-q*PanelCols), k/2
			for p := 0; p < pairs; p += most {
				pack(&panel[p*step], &src[2*p*ld+q*PanelCols], 4*ld, min(pairs-p, most), width, 2*step, 2*half)
			}
			done := 2 * pairs
			if done < k {
				var last [2][PanelCols]float32
				copy(last[0][:width], src[done*ld+q*PanelCols:])
				pack(&panel[pairs*step], &last[0][0], 4*PanelCols, 1, PanelCols, 2*step, 2*half)
				done += 2
			}
			clearRows(l, panel, done)
		}
	}
}
