//go:build !noasm

package kernel

// Every amd64 set uses these: memory is slower than they are.

//go:noescape
func addMomentsF32AVX2(sum, sq *float32, x *float32, shift *float32, rows, n int)

//go:noescape
func addProdsF32AVX2(sum, prod *float32, dy, x *float32, mean *float32, rows, n int)

//go:noescape
func addMomentsBF16AVX2(sum, sq *float32, x *BF16, shift *float32, rows, n int)

//go:noescape
func addProdsBF16AVX2(sum, prod *float32, dy, x *BF16, mean *float32, rows, n int)
