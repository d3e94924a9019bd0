//go:build !noasm

package kernel

// archSets is the set that every arm64 processor runs.
func archSets() []*Set { return []*Set{neonSet()} }

func neonSet() *Set {
	s := genericSet()
	s.Name = "neon"
	s.F32.gemm = gemmTiled(tileF32NEON, mrNEON)
	s.F32.gemmTN = gemmTNTiled(tileF32NEON, mrNEON)
	s.BF16.gemm = gemmTiled(tileWideNEON, mrNEONWide)
	s.BF16.gemmTN = gemmTNTiled(tileWideNEON, mrNEONWide)
	s.F32.store = storePanels(storeF32NEON, 1)
	s.BF16.store = storePanels(storeBF16NEON, 1)
	s.F32.rowFuncs = rowsF32NEON()
	s.BF16.rowFuncs = rowsBF16NEON()
	s.math = mathNEON()
	return s
}
