//go:build !noasm

package kernel

//go:noescape
func tileF32AVX512(c *float32, ldc int, a *float32, rs, ks int, b *float32, steps, rows int, acc bool)

//go:noescape
func tileBF16AVX512(c *float32, ldc int, a *BF16, rs, ks int, b *BF16, steps, rows int, acc bool)

//go:noescape
func tileWideAVX512(c *float32, ldc int, a *BF16, rs, ks int, b *BF16, steps, rows int, acc bool)

// mr512 is Mr of the AVX-512 tiles: 24 of 32 registers are sums.
const mr512 = 12
