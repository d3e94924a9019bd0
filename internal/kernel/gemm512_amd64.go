//go:build !noasm

package kernel

//go:noescape
func tilesF32AVX512(c *float32, ldc int, a *float32, rs, ks int, b *float32, half, steps, rows, many,
	few int, bias, add *float32, ldadd int, least float32)

//go:noescape
func tilesTNF32AVX512(c *float32, ldc int, a *float32, rs, ks int, b *float32, half, steps, rows, many,
	few int, bias, add *float32, ldadd int, least float32)

//go:noescape
func tilesBF16AVX512(c *float32, ldc int, a *BF16, rs, ks int, b *BF16, half, steps, rows, many,
	few int, bias, add *float32, ldadd int, least float32)

// storeTilesBF16AVX512 is tilesBF16AVX512 with results in BF16.
//
//go:noescape
func storeTilesBF16AVX512(c *BF16, ldc int, a *BF16, rs, ks int, b *BF16, half, steps, rows, many,
	few int, bias *float32, add *BF16, ldadd int, least float32)

//go:noescape
func tilesTNBF16AVX512(c *float32, ldc int, a *BF16, rs, ks int, b *BF16, half, steps, rows, many,
	few int, bias, add *float32, ldadd int, least float32)

//go:noescape
func tilesWideAVX512(c *float32, ldc int, a *BF16, rs, ks int, b *BF16, half, steps, rows, many,
	few int, bias, add *float32, ldadd int, least float32)

//go:noescape
func tilesTNWideAVX512(c *float32, ldc int, a *BF16, rs, ks int, b *BF16, half, steps, rows, many,
	few int, bias, add *float32, ldadd int, least float32)

// mr512 is Mr of the AVX-512 tiles: 24 of 32 registers are sums.
const mr512 = 12
