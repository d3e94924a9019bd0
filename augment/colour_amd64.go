//go:build !noasm

package augment

// The twins of these loops are blendGeneric, lumaSumGeneric, grayGeneric,
// saturationGeneric and hueGeneric. n counts bytes: a multiple of 32 for
// blendAVX2 and of 24, eight pixels, for the others; it is not 0.

//go:noescape
func blendAVX2(pix *uint8, n int, a int32, alpha float32)

//go:noescape
func lumaSumAVX2(pix *uint8, n int) int

//go:noescape
func grayAVX2(pix *uint8, n int)

//go:noescape
func saturationAVX2(pix *uint8, n int, alpha float32)

//go:noescape
func hueAVX2(pix *uint8, n int, shift uint32)

// These do the first pixels in AVX2 and return how many bytes those were.

func blendVector(pix []uint8, a uint8, alpha float32) int {
	n := whole(pix, 32)
	if n > 0 {
		blendAVX2(&pix[0], n, int32(a), alpha)
	}
	return n
}

func lumaSumVector(pix []uint8) (sum, done int) {
	n := whole(pix, 24)
	if n > 0 {
		sum = lumaSumAVX2(&pix[0], n)
	}
	return sum, n
}

func grayVector(pix []uint8) int {
	n := whole(pix, 24)
	if n > 0 {
		grayAVX2(&pix[0], n)
	}
	return n
}

func saturationVector(pix []uint8, alpha float32) int {
	n := whole(pix, 24)
	if n > 0 {
		saturationAVX2(&pix[0], n, alpha)
	}
	return n
}

func hueVector(pix []uint8, shift uint8) int {
	n := whole(pix, 24)
	if n > 0 {
		hueAVX2(&pix[0], n, uint32(shift))
	}
	return n
}

// whole returns how many bytes of pix form whole blocks for AVX2: none without it.
func whole(pix []uint8, block int) int {
	if !vector {
		return 0
	}
	return len(pix) / block * block
}
