package data

import (
	"encoding/binary"
	"errors"
	"math"
)

// matSizes holds the bytes per number of each type that is read.
var matSizes = map[uint32]int{
	matInt8: 1, matUint8: 1, matInt16: 2, matUint16: 2, matInt32: 4, matUint32: 4, matDouble: 8,
}

// integer returns the value of an array of one integer.
func (a matArray) integer() (int, error) {
	if a.count != 1 {
		return 0, errors.New("need one number")
	}
	values, err := a.integers()
	if err != nil {
		return 0, err
	}
	return int(values[0]), nil
}

// integers returns the values of an array of integers, column by column. Whatever
// their class, they may be stored as any type that can hold them.
func (a matArray) integers() ([]int32, error) {
	kind, data, err := a.values.next()
	if err != nil {
		return nil, err
	}
	size, known := matSizes[kind]
	if a.class < matFirstNumber || a.class > matLastNumber || !known {
		return nil, errors.New("need whole numbers")
	}
	if uint64(len(data)) != a.count*uint64(size) {
		return nil, errMatCut
	}
	values := make([]int32, a.count)
	for i := range values {
		x := matNumber(a.values.order, kind, data[i*size:])
		if values[i] = int32(x); float64(values[i]) != x {
			return nil, errors.New("need whole numbers")
		}
	}
	return values, nil
}

// matNumber is the number at the beginning of b.
func matNumber(order binary.ByteOrder, kind uint32, b []byte) float64 {
	switch kind {
	case matInt8:
		return float64(int8(b[0]))
	case matUint8:
		return float64(b[0])
	case matInt16:
		return float64(int16(order.Uint16(b)))
	case matUint16:
		return float64(order.Uint16(b))
	case matInt32:
		return float64(int32(order.Uint32(b)))
	case matUint32:
		return float64(order.Uint32(b))
	}
	return math.Float64frombits(order.Uint64(b))
}
