package torchfile

import (
	"errors"
	"fmt"
)

// storage is an array of numbers in the file; several tensors may share it.
type storage struct {
	key     string
	dtype   DType
	numbers int64
	read    func(at, n int64) ([]byte, error) // n of its bytes; set when the file is laid out
}

// part is a run of a storage.
type part struct {
	*storage
	first, numbers int64
}

// part reads (key, first, numbers).
func (s *storage) part(v any) (part, error) {
	wrong := fmt.Errorf("a part of storage %s that it does not have", shortened(s.key))
	list, ok := v.(*List)
	if !ok || len(list.Items) != 3 {
		return part{}, wrong
	}
	first, ok1 := list.Items[1].(int64)
	n, ok2 := list.Items[2].(int64)
	if !ok1 || !ok2 || first < 0 || n < 0 || first > s.numbers || n > s.numbers-first {
		return part{}, wrong
	}
	return part{s, first, n}, nil
}

const maxDims = 16

// newTensor reads the arguments of torch's function: storage, offset, shape,
// stride; what follows says nothing about the numbers.
func newTensor(arguments []any) (*Tensor, error) {
	wrong := errors.New("a tensor without storage, offset, shape or stride")
	if len(arguments) < 4 {
		return nil, wrong
	}
	p, ok1 := arguments[0].(part)
	offset, ok2 := arguments[1].(int64)
	shape, ok3 := sizes(arguments[2])
	stride, ok4 := sizes(arguments[3])
	if !ok1 || !ok2 || !ok3 || !ok4 || len(shape) != len(stride) || len(shape) > maxDims || offset < 0 {
		return nil, wrong
	}
	n, ok := elements(shape)
	if !ok || n > p.numbers {
		return nil, fmt.Errorf("a tensor of shape %v in a storage of %d numbers", shape, p.numbers)
	}
	last := offset // index of the last number
	for i, d := range shape {
		if d > 1 && int64(stride[i]) > (p.numbers-last)/int64(d-1) {
			return nil, fmt.Errorf("a tensor of shape %v and stride %v in a storage of %d numbers",
				shape, stride, p.numbers)
		}
		last += int64(d-1) * int64(stride[i])
	}
	if n > 0 && last >= p.numbers {
		return nil, fmt.Errorf("a tensor of shape %v from %d in a storage of %d numbers", shape, offset, p.numbers)
	}
	read := func() ([]float32, error) { return p.gather(offset, last, shape, stride, int(n)) }
	return &Tensor{p.dtype, shape, read}, nil
}

// sizes returns integers of at least 0.
func sizes(v any) ([]int, bool) {
	list, ok := v.(*List)
	if !ok || len(list.Items) > maxDims {
		return nil, false
	}
	s := make([]int, len(list.Items))
	for i, x := range list.Items {
		n, ok := x.(int64)
		if !ok || n < 0 || n > maxNumbers {
			return nil, false
		}
		s[i] = int(n)
	}
	return s, true
}

// Numbers that lie close to each other are read at once, whatever is between them: up to
// near of them, or twice as many as are wanted. Others, as a stride may have them across
// gigabytes, are read a few at a time.
const (
	near = 1 << 20
	few  = 1 << 10
)

// gather reads n numbers with the given shape and strides, in row-major order. They lie
// from offset to last.
func (p part) gather(offset, last int64, shape, stride []int, n int) ([]float32, error) {
	v := make([]float32, 0, n)
	size := int64(p.dtype.size())
	most := last - offset + 1 // numbers read at once
	if most > max(near, 2*int64(n)) {
		most = few
	}
	var b []byte // of the storage, from the number from on
	var from int64
	at := make([]int, len(shape))
	for i := offset; len(v) < n; {
		if here := (i - from) * size; here < 0 || here >= int64(len(b)) {
			var err error
			if b, err = p.read((p.first+i)*size, min(most, last+1-i)*size); err != nil {
				return nil, err
			}
			from = i
		}
		v = append(v, p.dtype.number(b[(i-from)*size:]))
		for d := len(shape) - 1; d >= 0; d-- { // the next index, the last dimension first
			at[d]++
			i += int64(stride[d])
			if at[d] < shape[d] {
				break
			}
			i -= int64(at[d]) * int64(stride[d])
			at[d] = 0
		}
	}
	return v, nil
}
