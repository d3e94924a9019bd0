package cpu

import "github.com/amdim/amdim/internal/kernel"

// storeProduct sets dst to m rows of n columns, or adds them.
func storeProduct[E kernel.Elem](e *exec[E], dst []E, ldd int, prod []float32, ldp, m, n int, add bool) {
	var ep kernel.Epilogue[E]
	if add {
		ep.Add, ep.LdAdd = dst, ldd
	}
	e.k.Store(dst, ldd, prod, ldp, m, n, ep)
}

// storeRow sets dst to float32 sums, or adds them: as rows of a panel, of which a
// kernel takes many at once, and a remainder.
func storeRow[E kernel.Elem](e *exec[E], dst []E, sums []float32, add bool) {
	const n = kernel.PanelCols
	whole := len(dst) / n * n
	storeProduct(e, dst[:whole], n, sums, n, whole/n, n, add)
	rest := len(dst) - whole
	storeProduct(e, dst[whole:], rest, sums[whole:], rest, 1, rest, add)
}

// rowOffsets sets off to the starts of rows ld apart. It is for one block: for a
// whole batch they could exceed an int32.
func rowOffsets(off []int32, ld int) []int32 {
	for i := range off {
		off[i] = int32(i * ld)
	}
	return off
}

// size is the number of bytes of an element.
func size[E kernel.Elem]() int {
	var x E
	if _, ok := any(x).(kernel.BF16); ok {
		return 2
	}
	return 4
}
