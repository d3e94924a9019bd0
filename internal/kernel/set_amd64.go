//go:build !noasm

package kernel

import "golang.org/x/sys/cpu"

// archSets are the sets of this processor, the best last.
func archSets() []*Set {
	if !cpu.X86.HasAVX2 || !cpu.X86.HasFMA {
		return nil
	}
	sets := []*Set{avx2Set()}
	if hasAVX512() {
		bf16 := cpu.X86.HasAVX512BF16
		sets = append(sets, avx512Set(bf16, bf16 && fastDot(cpuVendor())))
	}
	if hasAMX() {
		sets = append(sets, amxSet(sets[len(sets)-1]))
	}
	return sets
}

// hasAVX512 reports whether the processor has everything that the avx512 set needs.
func hasAVX512() bool {
	return cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512VL && cpu.X86.HasAVX512DQ &&
		cpu.X86.HasBMI2
}

func avx2Set() *Set {
	s := genericSet()
	s.Name = "avx2"
	s.F32.gemm = gemmTiles(tilesF32AVX2, mr256, byHalves)
	s.F32.gemmTN = gemmTNTiles(tilesF32AVX2, mr256, byHalves)
	s.F32.gemmStore = gemmStoreTiles(tilesF32AVX2, mr256, byHalves)
	s.F32.KBlock = 512
	s.BF16.gemm = gemmTiles(tilesWideAVX2, mr256Wide, byRows)
	s.BF16.gemmTN = gemmTNTiles(tilesWideAVX2, mr256Wide, byRows)
	s.F32.peak, s.BF16.peak = peakAVX2(), peakAVX2()
	s.F32.layout = byHalves
	s.F32.packRows, s.F32.packF32 = packRowsF32(byHalves), packF32(byHalves)
	s.F32.packLeft = packRowsF32(byRows)
	s.F32.packTransposed = packTransposedAVX2[float32](byHalves)
	s.F32.packF32Transpose = s.F32.packTransposed
	packBF16AVX2(&s.BF16, byRows)
	s.BF16.packLeft = s.BF16.packRows
	s.F32.store = storePanels(storeF32AVX2, 8)
	s.BF16.store = storePanels(storeBF16AVX2, lanesBF16)
	s.F32.rowFuncs = rowsF32AVX2()
	s.BF16.rowFuncs = rowsBF16AVX2()
	s.math = mathAVX2()
	setNCE(s)
	return s
}

// avx512Set rounds to BF16 by VCVTNE2PS2BF16 if convert, and multiplies BF16 pairs by
// VDPBF16PS if dot, else widens them.
func avx512Set(convert, dot bool) *Set {
	s := genericSet()
	s.Name = "avx512"
	s.Block = 512 << 10
	s.F32.gemm = gemmTiles(tilesF32AVX512, mr512, byRows)
	s.F32.gemmTN = gemmTNTiles(tilesTNF32AVX512, mr512, byRows)
	s.F32.gemmStore = gemmStoreTiles(tilesF32AVX512, mr512, byRows)
	s.F32.store = storePanels(storeF32AVX512, 1)
	tiles, tilesTN, store := tilesWideAVX512, tilesTNWideAVX512, storeBF16AVX512
	s.F32.peak, s.BF16.peak = peakAVX512(), peakAVX512()
	if convert {
		store = storeConvertAVX512
	}
	if dot {
		tiles, tilesTN, s.BF16.peak = tilesBF16AVX512, tilesTNBF16AVX512, peakDot512()
		s.BF16.gemmStore = gemmStoreTiles(storeTilesBF16AVX512, mr512, byRows)
		s.FastBF16 = true
	}
	s.BF16.gemm = gemmTiles[BF16](tiles, mr512, byRows)
	s.BF16.gemmTN = gemmTNTiles[BF16](tilesTN, mr512, byRows)
	s.BF16.store = storePanels[BF16](store, 1)
	s.F32.rowFuncs = rowsF32AVX512()
	s.BF16.rowFuncs = rowsBF16AVX512()
	s.F32.gatherRows, s.BF16.gatherRows = gatherShort[float32], gatherShort[BF16]
	s.F32.packRows = packRowsF32(byRows) // a copy: wider vectors would not help
	s.F32.packF32 = packF32(byRows)
	s.F32.packTransposed = packTransposedAVX512[float32](byRows)
	s.F32.packF32Transpose = s.F32.packTransposed
	packBF16AVX512(&s.BF16, byRows)
	s.F32.packLeft, s.BF16.packLeft = s.F32.packRows, s.BF16.packRows
	s.BF16.Depth = 256
	s.math = mathAVX512()
	setNCE(s)
	return s
}

// amxSet multiplies BF16 in tiles; the rest comes from base: avx512, or avx2
// where AMX is emulated.
func amxSet(base *Set) *Set {
	s := *base
	s.Name = "amx"
	s.Block = 256 << 10
	s.FastBF16 = true
	s.BF16.KAlign = amxK
	s.BF16.gemm = gemmAMX
	s.BF16.gemmTN = gemmTNAMX
	if cpu.X86.HasAVX512BF16 || !hasAVX512() { // its epilogue uses AVX512_BF16, or is emulated as AMX is
		s.BF16.gemmStore = gemmStoreAMX(base.BF16.store)
	}
	s.BF16.packLeft = packLeftAMX(base.BF16.packRows)
	if hasAVX512() {
		packBF16AVX512(&s.BF16, byHalves)
	} else {
		packBF16AVX2(&s.BF16, byHalves)
	}
	s.BF16.Depth, s.BF16.Again, s.BF16.Clash = 512, 256, 0
	s.BF16.peak = peakAMX()
	return &s
}

// packBF16AVX2 sets the packers of BF16 panels, except of left operands.
func packBF16AVX2(p *Products[BF16], l layout) {
	p.layout = l
	p.packRows = packPairs(packPairsAVX2, PanelCols, l)
	p.packTransposed = packTransposedAVX2[BF16](l)
	p.packF32 = packRounded(packRoundedAVX2, l)
	p.packF32Transpose = packF32TransposedAVX2(l)
}

// packBF16AVX512 is packBF16AVX2 for AVX-512.
func packBF16AVX512(p *Products[BF16], l layout) {
	p.layout = l
	p.packRows = packPairs(packPairsAVX512, 1, l)
	p.packTransposed = packTransposedAVX512[BF16](l)
	p.packF32 = packRounded(packRoundedAVX512, l)
	p.packF32Transpose = packF32TransposedAVX512(l)
}
