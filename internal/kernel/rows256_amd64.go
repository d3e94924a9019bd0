//go:build !noasm

package kernel

// The twins of these loops are in rows_generic.go.

// lanesBF16 divides the number of elements of the loops over BF16, except for sums.
const lanesBF16 = 16

//go:noescape
func addToF32AVX2(acc *float32, x *float32, rows, n int)

//go:noescape
func scaleShiftF32AVX2(dst, x *float32, scale, shift *float32, rows, n int, least float32)

//go:noescape
func affineF32AVX2(dst, dy, x *float32, a, b, c *float32, rows, n int)

//go:noescape
func reluMaskF32AVX2(dst, dy, y *float32, n int)

//go:noescape
func addF32AVX2(dst, x, y *float32, n int)

//go:noescape
func addToBF16AVX2(acc *float32, x *BF16, rows, n int)

//go:noescape
func scaleShiftBF16AVX2(dst, x *BF16, scale, shift *float32, rows, n int, least float32)

//go:noescape
func affineBF16AVX2(dst, dy, x *BF16, a, b, c *float32, rows, n int)

//go:noescape
func reluMaskBF16AVX2(dst, dy, y *BF16, n int)

//go:noescape
func addBF16AVX2(dst, x, y *BF16, n int)

//go:noescape
func widenBF16AVX2(dst *float32, src *BF16, n int)

//go:noescape
func narrowBF16AVX2(dst *BF16, src *float32, n int)

func rowsF32AVX2() rowFuncs[float32] {
	return vectorRows(rowKernels[float32]{
		lanes:      8,
		addTo:      addToF32AVX2,
		addMoments: addMomentsF32AVX2,
		addProds:   addProdsF32AVX2,
		scaleShift: scaleShiftF32AVX2,
		affine:     affineF32AVX2,
		reluMask:   reluMaskF32AVX2,
		add:        addF32AVX2,
	})
}

func rowsBF16AVX2() rowFuncs[BF16] {
	return vectorRows(rowKernels[BF16]{
		lanes:      lanesBF16,
		addTo:      addToBF16AVX2,
		addMoments: addMomentsBF16AVX2,
		addProds:   addProdsBF16AVX2,
		scaleShift: scaleShiftBF16AVX2,
		affine:     affineBF16AVX2,
		reluMask:   reluMaskBF16AVX2,
		add:        addBF16AVX2,
		widen:      widenBF16AVX2,
		narrow:     narrowBF16AVX2,
	})
}
