//go:build !noasm

package kernel

import "unsafe"

// transposeAVX2 transposes 32 rows of 8·blocks dwords, ld bytes apart, into rows
// of 32 dwords; step and half are strides in bytes. The twin is
// packTransposedGeneric.
//
//go:noescape
func transposeAVX2(dst, src unsafe.Pointer, ld, blocks, step, half int)

// blockSteps is how many dwords of a row are a block of transposeAVX2.
const blockSteps = 8

// transpose32 packs 32 rows of k elements, in whole blocks, as rows of a panel from row p0.
func transpose32[E Elem](l layout, panel []E, p0 int, src []E, ld, k int) {
	const most = stretch / PanelCols
	d := depth[E]()
	step, half := strides[E](l, len(panel)/PanelCols)
	_, _ = panel[:(p0+k)*PanelCols], src[:(PanelCols-1)*ld+k]
	for p := 0; p < k; p += most {
		// The lengths are those checked above; dst and src consist of BF16 or float32 elements.
		transposeAVX2(unsafe.Pointer(&panel[(p0+p)/d*step]), unsafe.Pointer(&src[p]), 4/d*ld,
			min(k-p, most)/(d*blockSteps), 4/d*step, 4/d*half)
	}
}

// packTransposedAVX2 transposes whole panels of whole blocks directly, the rest
// through a buffer.
func packTransposedAVX2[E Elem](l layout) func(dst, src []E, ld, n, k, kRound int) {
	block := blockSteps * depth[E]()
	return func(dst, src []E, ld, n, k, kRound int) {
		for j := 0; j < n; j += PanelCols {
			panel, done := dst[j*kRound:][:kRound*PanelCols], 0
			if j+PanelCols <= n {
				done = k / block * block
				transpose32(l, panel, 0, src[j*ld:], ld, done)
			}
			if done < k {
				transposeConverted(l, panel, done, src[j*ld+done:], ld, min(PanelCols, n-j), k-done)
			}
			clearRows(l, panel, k)
		}
	}
}

// packF32TransposedAVX2 rounds rows before it transposes them.
func packF32TransposedAVX2(l layout) func(dst []BF16, src []float32, ld, n, k, kRound int) {
	return func(dst []BF16, src []float32, ld, n, k, kRound int) {
		for j := 0; j < n; j += PanelCols {
			panel := dst[j*kRound:][:kRound*PanelCols]
			transposeConverted(l, panel, 0, src[j*ld:], ld, min(PanelCols, n-j), k)
			clearRows(l, panel, k)
		}
	}
}

// transposeConverted packs rows ≤ 32 rows of k elements as rows of a panel from row
// p0, through a buffer of whole blocks: missing rows and columns are zero.
func transposeConverted[E, S Elem](l layout, panel []E, p0 int, src []S, ld, rows, k int) {
	var buf [PanelCols * kChunk]E
	block := blockSteps * depth[E]()
	for p := 0; p < k; p += kChunk {
		size := min(kChunk, k-p)
		for i := range rows {
			convertAVX2(buf[i*kChunk:][:size], src[i*ld+p:][:size])
		}
		whole := size / block * block
		transpose32(l, panel, p0+p, buf[:], kChunk, whole)
		if whole < size {
			var last [2 * blockSteps * PanelCols]E
			for i := range rows {
				clear(buf[i*kChunk:][size : whole+block])
			}
			transpose32(l, last[:block*PanelCols], 0, buf[whole:], kChunk, block)
			to, from := rowsFrom(l, panel, p0+p+whole), rowsFrom(l, last[:block*PanelCols], 0)
			copy(to[0], from[0])
			copy(to[1], from[1])
		}
	}
}

// convertAVX2 copies src or rounds it to BF16.
func convertAVX2[E, S Elem](dst []E, src []S) {
	wide, ok := any(src).([]float32)
	if !ok {
		copy(any(dst).([]S), src)
		return
	}
	switch dst := any(dst).(type) {
	case []float32:
		copy(dst, wide)
	case []BF16:
		whole := len(wide) / lanesBF16 * lanesBF16
		if whole > 0 {
			narrowBF16AVX2(&dst[0], &wide[0], whole)
		}
		narrowGeneric(dst[whole:], wide[whole:])
	}
}

// transposeAVX512 transposes 16 rows of n bytes, ld bytes apart, by dwords into
// rows of 16 dwords, ldd bytes apart. The twin is packTransposedGeneric.
//
//go:noescape
func transposeAVX512(dst, src unsafe.Pointer, ldd, ld, n int)

// transpose16 packs 16 rows of k ≥ 1 elements as 16 columns of a panel, whose rows are
// step elements apart.
func transpose16[E Elem](dst, src []E, step, ld, k int) {
	size := 4 / depth[E]()
	_ = src[15*ld+k-1]
	// dst holds whole rows of the panel and src 16 rows, as checked above and by
	// the exported functions; both consist of BF16 or float32 elements.
	transposeAVX512(unsafe.Pointer(&dst[0]), unsafe.Pointer(&src[0]), size*step, size*ld, size*k)
}

// stripe is how many columns are transposed at once.
const stripe = 16

// packTransposedAVX512 transposes stripes of 16 columns; a narrower remainder is
// left to the generic loop.
func packTransposedAVX512[E Elem](l layout) func(dst, src []E, ld, n, k, kRound int) {
	return func(dst, src []E, ld, n, k, kRound int) {
		if n%PanelCols != 0 || kRound != k {
			clear(dst[:Panels(n)*kRound*PanelCols])
		}
		if k == 0 {
			return
		}
		whole := n / stripe * stripe
		step, _ := strides[E](l, kRound)
		for j := 0; j < whole; j += stripe {
			transpose16(dst[columnAt[E](l, kRound, j):], src[j*ld:], step, ld, k)
		}
		for j := whole; j < n; j++ {
			setColumn(l, dst, src[j*ld:][:k], kRound, j, 0)
		}
	}
}

// packF32TransposedAVX512 rounds pieces of 16 rows and transposes them.
func packF32TransposedAVX512(l layout) func(dst []BF16, src []float32, ld, n, k, kRound int) {
	return func(dst []BF16, src []float32, ld, n, k, kRound int) {
		clear(dst[:Panels(n)*kRound*PanelCols])
		var rounded [stripe * kChunk]BF16
		step, _ := strides[BF16](l, kRound)
		for j0 := 0; j0 < n; j0 += stripe {
			to := dst[columnAt[BF16](l, kRound, j0):]
			for p := 0; p < k; p += kChunk {
				size := min(kChunk, k-p)
				for j := range min(stripe, n-j0) {
					narrowBF16AVX512(&rounded[j*kChunk], &src[(j0+j)*ld+p], size)
				}
				clear(rounded[min(stripe, n-j0)*kChunk:])
				transpose16(to[p/2*step:], rounded[:], step, kChunk, size)
			}
		}
	}
}
