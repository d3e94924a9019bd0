package data

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"unicode/utf16"
)

// This file reads as much of MATLAB's level 5 format (MathWorks, "MAT-File Format")
// as is needed for cells and structs of numbers and text. A file is a header of 128
// bytes and elements: a type, a length, and data padded to 8 bytes. An element of
// type matMatrix is an array and in turn holds elements; one of type matCompressed
// is such an element, deflated.

// Types of elements.
const (
	matInt8       = 1
	matUint8      = 2
	matInt16      = 3
	matUint16     = 4
	matInt32      = 5
	matUint32     = 6
	matDouble     = 9
	matMatrix     = 14
	matCompressed = 15
	matUTF8       = 16
	matUTF16      = 17
)

// Classes of arrays; those of numbers are from matFirstNumber on.
const (
	matCell        = 1
	matStruct      = 2
	matChar        = 4
	matFirstNumber = 6
	matLastNumber  = 15
)

// maxMat bounds what the elements of a file may inflate to.
const maxMat = 16 << 20

var errMatCut = errors.New("the MATLAB file is cut off or damaged")

// matReader reads elements one after another.
type matReader struct {
	b     []byte
	order binary.ByteOrder
}

// matArray is an array whose values are still to be read.
type matArray struct {
	class  uint8
	dims   []uint32 // rows, columns, …
	count  uint64   // of values
	name   string
	values matReader
}

// readMatStructs returns the wanted fields of each element of the struct array
// called name.
func readMatStructs(file []byte, name string, fields ...string) ([][]matArray, error) {
	a, err := readMatArray(file, name)
	if err != nil {
		return nil, err
	}
	return a.structs(fields...)
}

// readMatArray returns the array called name.
func readMatArray(file []byte, name string) (matArray, error) {
	r, err := newMatReader(file)
	if err != nil {
		return matArray{}, err
	}
	budget := int64(maxMat)
	for len(r.b) > 0 {
		kind, data, err := r.next()
		if err != nil {
			return matArray{}, err
		}
		if kind == matCompressed {
			inner := matReader{order: r.order}
			if inner.b, err = inflate(data, budget); err != nil {
				return matArray{}, err
			}
			budget -= int64(len(inner.b))
			if kind, data, err = inner.next(); err != nil {
				return matArray{}, err
			}
		}
		if kind != matMatrix {
			continue
		}
		if a, err := r.array(data); err != nil || a.name == name {
			return a, err
		}
	}
	return matArray{}, fmt.Errorf("no array %s in it", name)
}

func newMatReader(file []byte) (*matReader, error) {
	const header = 128
	if len(file) < header {
		return nil, errMatCut
	}
	r := &matReader{b: file[header:]}
	switch string(file[126:header]) {
	case "IM":
		r.order = binary.LittleEndian
	case "MI":
		r.order = binary.BigEndian
	default:
		return nil, errors.New("not a MATLAB file of level 5")
	}
	if version := r.order.Uint16(file[124:]); version != 0x100 {
		return nil, fmt.Errorf("MATLAB file of version %#x, need 0x100 (save -v7)", version)
	}
	return r, nil
}

// inflate returns at most budget bytes.
func inflate(data []byte, budget int64) ([]byte, error) {
	z, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(z, budget+1))
	if err == nil && int64(len(b)) > budget {
		err = fmt.Errorf("inflates to more than %d MiB", maxMat>>20)
	}
	return b, err
}

// next returns an element. One of up to 4 bytes may be stored in the second
// half of its tag, with its length in the upper half of its type.
func (r *matReader) next() (kind uint32, data []byte, err error) {
	if len(r.b) < 8 {
		return 0, nil, errMatCut
	}
	kind = r.order.Uint32(r.b)
	if n := kind >> 16; n > 0 {
		if n > 4 {
			return 0, nil, errMatCut
		}
		data, r.b = r.b[4:4+n], r.b[8:]
		return kind & 0xffff, data, nil
	}
	n := uint64(r.order.Uint32(r.b[4:]))
	r.b = r.b[8:]
	if n > uint64(len(r.b)) {
		return 0, nil, errMatCut
	}
	data = r.b[:n]
	if kind != matCompressed {
		n = min((n+7)&^7, uint64(len(r.b)))
	}
	r.b = r.b[n:]
	return kind, data, nil
}

// matrix returns the data of an element that must be an array.
func (r *matReader) matrix() ([]byte, error) {
	kind, data, err := r.next()
	if err == nil && kind != matMatrix {
		err = errMatCut
	}
	return data, err
}

// array reads the head of an array: flags, dimensions and name.
func (r *matReader) array(data []byte) (matArray, error) {
	a := matArray{count: 1, values: matReader{data, r.order}}
	_, flags, err := a.values.next()
	if err == nil && len(flags) != 8 {
		err = errMatCut
	}
	if err != nil {
		return a, err
	}
	a.class = uint8(r.order.Uint32(flags))
	_, dims, err := a.values.next()
	if err == nil && len(dims)%4 != 0 {
		err = errMatCut
	}
	if err != nil {
		return a, err
	}
	for ; len(dims) > 0; dims = dims[4:] {
		n := r.order.Uint32(dims)
		a.dims = append(a.dims, n)
		// any product beyond what the data can hold will do
		a.count = min(a.count*uint64(n), math.MaxUint32)
	}
	_, name, err := a.values.next()
	a.name = string(name)
	return a, err
}

// cells reads the arrays in a cell array; they are then named as in groundTruth{1}.
func (a matArray) cells() ([]matArray, error) {
	if a.class != matCell {
		return nil, fmt.Errorf("the array %s is no cell array", a.name)
	}
	var cells []matArray
	for r := a.values; uint64(len(cells)) < a.count; {
		data, err := r.matrix()
		if err != nil {
			return nil, err
		}
		cell, err := r.array(data)
		if err != nil {
			return nil, err
		}
		cell.name = fmt.Sprintf("%s{%d}", a.name, len(cells)+1)
		cells = append(cells, cell)
	}
	return cells, nil
}

// structs reads a struct array: the length of a name, the field names, then the
// fields of each element.
func (a matArray) structs(wanted ...string) ([][]matArray, error) {
	if a.class != matStruct {
		return nil, fmt.Errorf("the array %s is no struct array", a.name)
	}
	r := a.values
	_, length, err := r.next()
	if err != nil || len(length) != 4 || r.order.Uint32(length) == 0 {
		return nil, errMatCut
	}
	_, names, err := r.next()
	if err != nil {
		return nil, err
	}
	var fields []string
	for name := range slices.Chunk(names, int(r.order.Uint32(length))) {
		fields = append(fields, strings.TrimRight(string(name), "\x00"))
	}
	for _, w := range wanted {
		if !slices.Contains(fields, w) {
			return nil, fmt.Errorf("the array %s has no field %s", a.name, w)
		}
	}
	var rows [][]matArray
	for range a.count {
		row := make([]matArray, len(wanted))
		for _, field := range fields {
			data, err := r.matrix()
			if err != nil {
				return nil, err
			}
			if at := slices.Index(wanted, field); at >= 0 {
				if row[at], err = r.array(data); err != nil {
					return nil, err
				}
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// text returns the value of an array of characters.
func (a matArray) text() (string, error) {
	kind, data, err := a.values.next()
	if err != nil {
		return "", err
	}
	switch {
	case a.class != matChar:
	case kind == matInt8, kind == matUint8, kind == matUTF8:
		return string(data), nil
	case (kind == matUint16 || kind == matUTF16) && len(data)%2 == 0:
		var units []uint16
		for ; len(data) > 0; data = data[2:] {
			units = append(units, a.values.order.Uint16(data))
		}
		return string(utf16.Decode(units)), nil
	}
	return "", errors.New("need text")
}
