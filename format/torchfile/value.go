package torchfile

import (
	"fmt"

	"github.com/amdim/amdim/tensor"
)

// A value is nil, a bool, an int64, a float64, a string, a *List, a *Dict or a
// *Tensor.

// List is a Python list or tuple.
type List struct{ Items []any }

// Dict is a Python dictionary, in its order.
type Dict struct {
	Ordered bool // an OrderedDict
	keys    []any
	values  []any
	index   map[any]int
}

// NewDict returns an empty dictionary.
func NewDict() *Dict { return &Dict{index: map[any]int{}} }

// Len is the number of entries.
func (d *Dict) Len() int { return len(d.keys) }

// Keys returns the keys that are strings, in order.
func (d *Dict) Keys() []string {
	var keys []string
	for _, k := range d.keys {
		if s, ok := k.(string); ok {
			keys = append(keys, s)
		}
	}
	return keys
}

// Value returns the value of a key.
func (d *Dict) Value(key string) (any, bool) {
	i, ok := d.index[key]
	if !ok {
		return nil, false
	}
	return d.values[i], true
}

// Set sets the value of a key.
func (d *Dict) Set(key string, v any) { d.set(key, v) }

func (d *Dict) set(key, v any) {
	if i, ok := d.index[key]; ok {
		d.values[i] = v
		return
	}
	d.index[key] = len(d.keys)
	d.keys, d.values = append(d.keys, key), append(d.values, v)
}

// Tensor is an array of a file, or one to be written.
type Tensor struct {
	DType DType
	Shape []int
	read  func() ([]float32, error)
}

// NewTensor returns a tensor whose numbers, row-major, are returned by read when
// it is written.
func NewTensor(d DType, shape []int, read func() ([]float32, error)) *Tensor {
	return &Tensor{DType: d, Shape: shape, read: read}
}

// Float32s returns the numbers of the tensor, row-major, rounded to float32.
func (t *Tensor) Float32s() ([]float32, error) {
	v, err := t.read()
	if err == nil && len(v) != tensor.Size(t.Shape) {
		err = fmt.Errorf("torchfile: %d numbers for shape %v", len(v), t.Shape)
	}
	return v, err
}

// kindOf names the type of a value for messages.
func kindOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		return "a bool"
	case int64:
		return "a whole number"
	case float64:
		return "a number"
	case string:
		return "a text"
	case *List:
		return "a list"
	case *Dict:
		return "a dictionary"
	case *Tensor:
		return "a tensor"
	case global:
		return v.String()
	}
	return "something else"
}
