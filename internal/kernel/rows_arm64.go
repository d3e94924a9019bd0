//go:build !noasm

package kernel

// The twins of these loops are in rows_generic.go.

//go:noescape
func addToF32NEON(acc *float32, x *float32, rows, n int)

//go:noescape
func addMomentsF32NEON(sum, sq *float32, x *float32, shift *float32, rows, n int)

//go:noescape
func addProdsF32NEON(sum, prod *float32, dy, x *float32, mean *float32, rows, n int)

//go:noescape
func scaleShiftF32NEON(dst, x *float32, scale, shift *float32, rows, n int, least float32)

//go:noescape
func affineF32NEON(dst, dy, x *float32, a, b, c *float32, rows, n int)

//go:noescape
func reluMaskF32NEON(dst, dy, y *float32, n int)

//go:noescape
func addF32NEON(dst, x, y *float32, n int)

//go:noescape
func addToBF16NEON(acc *float32, x *BF16, rows, n int)

//go:noescape
func addMomentsBF16NEON(sum, sq *float32, x *BF16, shift *float32, rows, n int)

//go:noescape
func addProdsBF16NEON(sum, prod *float32, dy, x *BF16, mean *float32, rows, n int)

//go:noescape
func scaleShiftBF16NEON(dst, x *BF16, scale, shift *float32, rows, n int, least float32)

//go:noescape
func affineBF16NEON(dst, dy, x *BF16, a, b, c *float32, rows, n int)

//go:noescape
func reluMaskBF16NEON(dst, dy, y *BF16, n int)

//go:noescape
func addBF16NEON(dst, x, y *BF16, n int)

//go:noescape
func widenBF16NEON(dst *float32, src *BF16, n int)

//go:noescape
func narrowBF16NEON(dst *BF16, src *float32, n int)

func rowsF32NEON() rowFuncs[float32] {
	return vectorRows(rowKernels[float32]{
		lanes:      1,
		addTo:      addToF32NEON,
		addMoments: addMomentsF32NEON,
		addProds:   addProdsF32NEON,
		scaleShift: scaleShiftF32NEON,
		affine:     affineF32NEON,
		reluMask:   reluMaskF32NEON,
		add:        addF32NEON,
	})
}

func rowsBF16NEON() rowFuncs[BF16] {
	return vectorRows(rowKernels[BF16]{
		lanes:      1,
		addTo:      addToBF16NEON,
		addMoments: addMomentsBF16NEON,
		addProds:   addProdsBF16NEON,
		scaleShift: scaleShiftBF16NEON,
		affine:     affineBF16NEON,
		reluMask:   reluMaskBF16NEON,
		add:        addBF16NEON,
		widen:      widenBF16NEON,
		narrow:     narrowBF16NEON,
	})
}
