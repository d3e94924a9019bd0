//go:build !noasm

package kernel

//go:noescape
func storeF32NEON(dst *float32, ldd int, c *float32, ldc, m, n int, bias *float32, add *float32, ldadd int,
	least float32)

//go:noescape
func storeBF16NEON(dst *BF16, ldd int, c *float32, ldc, m, n int, bias *float32, add *BF16, ldadd int,
	least float32)
