package ref

import "github.com/amdim/amdim/tensor"

// array is a value in float64. Labels and indices are whole numbers in v.
type array struct {
	shape []int // nil: a scalar
	v     []float64
}

func newArray(shape []int) array { return array{shape, make([]float64, tensor.Size(shape))} }

// channels is the last dimension.
func (a array) channels() int { return a.shape[len(a.shape)-1] }

// rowSize is the number of elements of one row of the leading dimension.
func (a array) rowSize() int { return len(a.v) / a.shape[0] }

// row is row i of the leading dimension.
func (a array) row(i int) []float64 {
	n := a.rowSize()
	return a.v[i*n : (i+1)*n]
}

// rows is rows lo to hi−1.
func (a array) rows(lo, hi int) array {
	n := a.rowSize()
	shape := append([]int{hi - lo}, a.shape[1:]...)
	return array{shape, a.v[lo*n : hi*n]}
}

// lane is row i of the array seen as a matrix whose columns are the channels.
func (a array) lane(i int) []float64 {
	c := a.channels()
	return a.v[i*c : (i+1)*c]
}
