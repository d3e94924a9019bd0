//go:build !noasm

package kernel

// momentLanes divides the number of channels of a momentsFunc and a prodsFunc.
const momentLanes = 8

// momentsFunc is AddMoments for rows ≥ 1 rows of n channels, prodsFunc AddProds.
// Every set of this processor uses those in AVX2: memory is slower than they are.
// The twins are in rows_generic.go.
type (
	momentsFunc[E Elem] func(sum, sq *float32, x *E, shift *float32, rows, n int)
	prodsFunc[E Elem]   func(sum, prod *float32, dy, x *E, mean *float32, rows, n int)
)

//go:noescape
func addMomentsF32AVX2(sum, sq *float32, x *float32, shift *float32, rows, n int)

//go:noescape
func addProdsF32AVX2(sum, prod *float32, dy, x *float32, mean *float32, rows, n int)

//go:noescape
func addMomentsBF16AVX2(sum, sq *float32, x *BF16, shift *float32, rows, n int)

//go:noescape
func addProdsBF16AVX2(sum, prod *float32, dy, x *BF16, mean *float32, rows, n int)
