//go:build !noasm

package kernel

// The twins of these loops are in rows_generic.go.

//go:noescape
func addToF32AVX512(acc *float32, x *float32, rows, n int)

//go:noescape
func scaleShiftF32AVX512(dst, x *float32, scale, shift *float32, rows, n int, least float32)

//go:noescape
func affineF32AVX512(dst, dy, x *float32, a, b, c *float32, rows, n int)

//go:noescape
func reluMaskF32AVX512(dst, dy, y *float32, n int)

//go:noescape
func addF32AVX512(dst, x, y *float32, n int)

//go:noescape
func addToBF16AVX512(acc *float32, x *BF16, rows, n int)

//go:noescape
func scaleShiftBF16AVX512(dst, x *BF16, scale, shift *float32, rows, n int, least float32)

//go:noescape
func affineBF16AVX512(dst, dy, x *BF16, a, b, c *float32, rows, n int)

//go:noescape
func reluMaskBF16AVX512(dst, dy, y *BF16, n int)

//go:noescape
func addBF16AVX512(dst, x, y *BF16, n int)

//go:noescape
func widenBF16AVX512(dst *float32, src *BF16, n int)

//go:noescape
func narrowBF16AVX512(dst *BF16, src *float32, n int)

func rowsF32AVX512() rowFuncs[float32] {
	return vectorRows(rowKernels[float32]{
		lanes:      1,
		addTo:      addToF32AVX512,
		addMoments: addMomentsF32AVX2,
		addProds:   addProdsF32AVX2,
		scaleShift: scaleShiftF32AVX512,
		affine:     affineF32AVX512,
		reluMask:   reluMaskF32AVX512,
		add:        addF32AVX512,
	})
}

func rowsBF16AVX512() rowFuncs[BF16] {
	return vectorRows(rowKernels[BF16]{
		lanes:      1,
		addTo:      addToBF16AVX512,
		addMoments: addMomentsBF16AVX2,
		addProds:   addProdsBF16AVX2,
		scaleShift: scaleShiftBF16AVX512,
		affine:     affineBF16AVX512,
		reluMask:   reluMaskBF16AVX512,
		add:        addBF16AVX512,
		widen:      widenBF16AVX512,
		narrow:     narrowBF16AVX512,
	})
}
