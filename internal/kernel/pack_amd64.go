//go:build !noasm

package kernel

import "unsafe"

// packPairsAVX512 packs pairs of rows, row i from src[off[i]] or zero where
// off[i] < 0, as a panel of 1 ≤ cols ≤ 32 columns. The twin is packRowsGeneric.
//
//go:noescape
func packPairsAVX512(dst, src *BF16, off *int32, pairs, cols int)

// packPairsAVX2 is the same for cols = 32.
//
//go:noescape
func packPairsAVX2(dst, src *BF16, off *int32, pairs, cols int)

// packRoundedAVX512 rounds and packs pairs of rows, ld bytes apart, as a panel
// of 1 ≤ cols ≤ 32 columns. The twin is packF32Generic.
//
//go:noescape
func packRoundedAVX512(dst *BF16, src *float32, ld, pairs, cols int)

// transposeAVX512 transposes 16 rows of n bytes, ld bytes apart, by dwords into
// rows of 16 dwords, ldd bytes apart. The twin is packTransposedGeneric.
//
//go:noescape
func transposeAVX512(dst, src unsafe.Pointer, ldd, ld, n int)

// transpose16 packs 16 rows of k ≥ 1 elements as 16 columns of a panel.
func transpose16[E Elem](dst, src []E, ld, k int) {
	size := 4 / depth[E]()
	_ = src[15*ld+k-1]
	// dst holds whole rows of the panel and src 16 rows, as checked above and by
	// the exported functions; a BF16 or a float32 is what it is made of.
	transposeAVX512(unsafe.Pointer(&dst[0]), unsafe.Pointer(&src[0]), 4*PanelCols, size*ld, size*k)
}

// stripe is how many columns are transposed at once.
const stripe = 16

// pairsFunc packs pairs of rows as a panel, as packPairsAVX512 does.
type pairsFunc func(dst, src *BF16, off *int32, pairs, cols int)

// packRowsPaired is PackRows by a pairsFunc for panels of at least narrowest
// columns; narrower ones, and the last of an odd number of rows, are left to the
// generic loop.
func packRowsPaired(pack pairsFunc, narrowest int) func(dst, src []BF16, off []int32, cols, kRound int) {
	const most = stretch / PanelCols
	return func(dst, src []BF16, off []int32, cols, kRound int) {
		for q := range Panels(cols) {
			width := min(PanelCols, cols-q*PanelCols)
			pairs := len(off) / 2
			if width < narrowest || len(src) < cols { // a short src: no row is taken from it
				pairs = 0
			}
			panel := dst[q*kRound*PanelCols:][:kRound*PanelCols]
			for p := 0; p < pairs; p += most {
				pack(&panel[2*p*PanelCols], &src[q*PanelCols], &off[2*p], min(pairs-p, most), width)
			}
			clear(panel[2*pairs*PanelCols:])
			for p := 2 * pairs; p < len(off); p++ {
				if o := int(off[p]); o >= 0 {
					setRow(dst, src[o+q*PanelCols:][:width], kRound, q, p)
				}
			}
		}
	}
}

func packF32AVX512(dst []BF16, src []float32, ld, k, n, kRound int) {
	const most = stretch / PanelCols
	pairs := k / 2
	for q := range Panels(n) {
		panel := dst[q*kRound*PanelCols:][:kRound*PanelCols]
		width := min(PanelCols, n-q*PanelCols)
		for p := 0; p < pairs; p += most {
			packRoundedAVX512(&panel[2*p*PanelCols], &src[2*p*ld+q*PanelCols], 4*ld, min(pairs-p, most), width)
		}
		done := 2 * pairs
		if done < k {
			var last [2][PanelCols]float32
			copy(last[0][:width], src[done*ld+q*PanelCols:])
			packRoundedAVX512(&panel[done*PanelCols], &last[0][0], 4*PanelCols, 1, PanelCols)
			done += 2
		}
		clear(panel[done*PanelCols:])
	}
}

// packTransposedAVX512 transposes stripes of 16 columns; a narrower rest is left
// to the generic loop.
func packTransposedAVX512[E Elem](dst, src []E, ld, n, k, kRound int) {
	if n%PanelCols != 0 || kRound != k {
		clear(dst[:Panels(n)*kRound*PanelCols])
	}
	if k == 0 {
		return
	}
	whole := n / stripe * stripe
	for j := 0; j < whole; j += stripe {
		to := dst[j/PanelCols*kRound*PanelCols+j%PanelCols*depth[E]():]
		transpose16(to, src[j*ld:], ld, k)
	}
	for j := whole; j < n; j++ {
		setColumn(dst, src[j*ld:][:k], kRound, j, 0)
	}
}

// packF32TransposedAVX512 rounds pieces of 16 rows and transposes them.
func packF32TransposedAVX512(dst []BF16, src []float32, ld, n, k, kRound int) {
	clear(dst[:Panels(n)*kRound*PanelCols])
	var rounded [stripe * kChunk]BF16
	for j0 := 0; j0 < n; j0 += stripe {
		to := dst[j0/PanelCols*kRound*PanelCols+j0%PanelCols*2:]
		for p := 0; p < k; p += kChunk {
			size := min(kChunk, k-p)
			for j := range min(stripe, n-j0) {
				narrowBF16AVX512(&rounded[j*kChunk], &src[(j0+j)*ld+p], size)
			}
			clear(rounded[min(stripe, n-j0)*kChunk:])
			transpose16(to[p*PanelCols:], rounded[:], kChunk, size)
		}
	}
}
