//go:build !noasm

package kernel

//go:noescape
func addRowsAVX512(dst *float32, off *int32, src *float32, ld, rows, n int)

// mathAVX512 replaces the one loop of mathAVX2 whose operands are in the L1 cache: sums
// of a panel's rows.
func mathAVX512() mathFuncs {
	m := mathAVX2()
	m.addRows = rowsAdded(addRowsAVX512)
	return m
}
