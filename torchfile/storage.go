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
	open    func() ([]byte, error) // its bytes; set when the file is laid out
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
	read := func() ([]float32, error) { return p.gather(offset, shape, stride, int(n)) }
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

// gather reads n numbers with the given shape and strides, in row-major order.
func (p part) gather(offset int64, shape, stride []int, n int) ([]float32, error) {
	b, err := p.open()
	if err != nil {
		return nil, err
	}
	v := make([]float32, 0, n)
	size := p.dtype.size()
	at := make([]int, len(shape))
	for i := p.first + offset; len(v) < n; {
		v = append(v, p.dtype.number(b[i*int64(size):]))
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
