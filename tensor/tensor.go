package tensor

import "fmt"

// DType is the element type of a Tensor.
type DType uint8

// Element types.
const (
	Float32 DType = iota
	Uint8
	Int32
)

func (d DType) String() string {
	switch d {
	case Float32:
		return "float32"
	case Uint8:
		return "uint8"
	case Int32:
		return "int32"
	}
	return fmt.Sprintf("DType(%d)", uint8(d))
}

// Tensor is a shape and the slice of its element type; the other slices are nil.
type Tensor struct {
	Shape []int
	DType DType
	F32   []float32
	U8    []uint8
	I32   []int32
}

// NewFloat32 returns a zero tensor of the given shape.
func NewFloat32(shape ...int) Tensor {
	return Tensor{Shape: shape, DType: Float32, F32: make([]float32, Size(shape))}
}

// NewUint8 returns a zero tensor of the given shape.
func NewUint8(shape ...int) Tensor {
	return Tensor{Shape: shape, DType: Uint8, U8: make([]uint8, Size(shape))}
}

// NewInt32 returns a zero tensor of the given shape.
func NewInt32(shape ...int) Tensor {
	return Tensor{Shape: shape, DType: Int32, I32: make([]int32, Size(shape))}
}

// Len is the number of elements that the slice holds.
func (t Tensor) Len() int {
	switch t.DType {
	case Uint8:
		return len(t.U8)
	case Int32:
		return len(t.I32)
	}
	return len(t.F32)
}

// Size is the number of elements of a shape: 1 for a scalar.
func Size(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}
