package kernel

import "math"

// BF16 is a bfloat16 number: the upper half of a float32.
type BF16 uint16

// Elem is what activations and packed operands are stored as.
type Elem interface{ BF16 | float32 }

// ToBF16 rounds to nearest, ties to even. NaN stays NaN (quiet, same sign), and
// values above the largest BF16 become infinite.
func ToBF16(f float32) BF16 {
	u := math.Float32bits(f)
	if f != f {
		return BF16(u>>16 | 0x40)
	}
	return BF16((u + 0x7fff + u>>16&1) >> 16)
}

// Float32 is exact.
func (b BF16) Float32() float32 { return math.Float32frombits(uint32(b) << 16) }

// widenGeneric sets dst to the float32 values of src, of the same length.
func widenGeneric[E Elem](dst []float32, src []E) {
	switch src := any(src).(type) {
	case []float32:
		copy(dst, src)
	case []BF16:
		dst = dst[:len(src)]
		for i, x := range src {
			dst[i] = x.Float32()
		}
	}
}

// narrowGeneric rounds src to dst, of the same length.
func narrowGeneric[E Elem](dst []E, src []float32) {
	switch dst := any(dst).(type) {
	case []float32:
		copy(dst, src)
	case []BF16:
		dst = dst[:len(src)]
		for i, x := range src {
			dst[i] = ToBF16(x)
		}
	}
}
