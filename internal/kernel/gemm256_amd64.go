//go:build !noasm

package kernel

//go:noescape
func tilesF32AVX2(c *float32, ldc int, a *float32, rs, ks int, b *float32, half, steps, rows, many, few int,
	bias, add *float32, ldadd int, least float32)

//go:noescape
func tilesWideAVX2(c *float32, ldc int, a *BF16, rs, ks int, b *BF16, half, steps, rows, many, few int,
	bias, add *float32, ldadd int, least float32)

// Mr of the AVX2 tiles: 12 of 16 registers are sums of float32 products, 8 of
// BF16, which need room to be widened.
const (
	mr256     = 6
	mr256Wide = 4
)
