//go:build !noasm

package kernel

//go:noescape
func tileF32NEON(c *float32, ldc int, a *float32, rs, ks int, b *float32, steps, rows int, acc bool)

//go:noescape
func tileWideNEON(c *float32, ldc int, a *BF16, rs, ks int, b *BF16, steps, rows int, acc bool)

// Mr of the NEON tiles: 24 of 32 registers are sums of float32 products, 16 of
// BF16, which need room to be widened.
const (
	mrNEON     = 6
	mrNEONWide = 4
)
