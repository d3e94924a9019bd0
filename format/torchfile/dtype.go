package torchfile

import (
	"encoding/binary"
	"math"
)

// DType is the type of a tensor's numbers.
type DType uint8

// Types of numbers.
const (
	Float32 DType = iota
	Float64
	Float16
	BFloat16
	Int64
	Int32
	Int16
	Int8
	Uint8
	Bool
)

// dtypes by DType: torch's storage class, and the bytes per number.
var dtypes = [...]struct {
	storage string
	size    int
}{
	Float32: {"FloatStorage", 4}, Float64: {"DoubleStorage", 8}, Float16: {"HalfStorage", 2},
	BFloat16: {"BFloat16Storage", 2}, Int64: {"LongStorage", 8}, Int32: {"IntStorage", 4},
	Int16: {"ShortStorage", 2}, Int8: {"CharStorage", 1}, Uint8: {"ByteStorage", 1}, Bool: {"BoolStorage", 1},
}

func (d DType) size() int { return dtypes[d].size }

// storageOf returns the type of a storage class.
func storageOf(class string) (DType, bool) {
	for d, t := range dtypes {
		if t.storage == class {
			return DType(d), true
		}
	}
	return 0, false
}

// number is the little-endian number at the start of b.
func (d DType) number(b []byte) float32 {
	switch d {
	case Float64:
		return float32(math.Float64frombits(binary.LittleEndian.Uint64(b)))
	case Float16:
		return half(binary.LittleEndian.Uint16(b))
	case BFloat16:
		return math.Float32frombits(uint32(binary.LittleEndian.Uint16(b)) << 16)
	case Int64:
		return float32(int64(binary.LittleEndian.Uint64(b)))
	case Int32:
		return float32(int32(binary.LittleEndian.Uint32(b)))
	case Int16:
		return float32(int16(binary.LittleEndian.Uint16(b)))
	case Int8:
		return float32(int8(b[0]))
	case Uint8, Bool:
		return float32(b[0])
	}
	return math.Float32frombits(binary.LittleEndian.Uint32(b))
}

// half is an IEEE 754 number of 16 bits: 1 of sign, 5 of exponent, 10 of fraction.
func half(b uint16) float32 {
	sign, exponent, fraction := float32(1), int(b>>10&31), float64(b&1023)
	if b>>15 == 1 {
		sign = -1
	}
	switch exponent {
	case 0:
		return sign * float32(math.Ldexp(fraction, -24))
	case 31:
		if fraction != 0 {
			return float32(math.NaN())
		}
		return sign * float32(math.Inf(1))
	}
	return sign * float32(math.Ldexp(1024+fraction, exponent-25))
}

// append appends the number as d stores it; it knows only the types that are written.
func (d DType) append(b []byte, x float32) []byte {
	switch d {
	case Int64:
		return binary.LittleEndian.AppendUint64(b, uint64(int64(x)))
	case Uint8:
		return append(b, uint8(x))
	}
	return binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
}
