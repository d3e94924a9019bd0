package pack

import (
	"encoding/binary"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/amdim/amdim/internal/mapped"
	"github.com/amdim/amdim/internal/npy"
)

// array is a mapped NPY file.
type array struct {
	*mapped.File
	npy.Header
	start int64 // of the numbers
}

// arrayPath is the file of one of the arrays of a split.
func arrayPath(dir, split, what string) string {
	return filepath.Join(dir, split+"."+what+".npy")
}

// openArray maps an array, checking that it holds all that its header promises.
func openArray(path string) (array, error) {
	f, err := mapped.Open(path)
	if err != nil {
		return array{}, err
	}
	a := array{File: f}
	a.Header, a.start, err = npy.Read(io.NewSectionReader(f, 0, f.Size()))
	if err == nil {
		err = a.Check(f.Size() - a.start)
	}
	if err != nil {
		f.Close()
		return array{}, fmt.Errorf("%s: %w", path, err)
	}
	return a, nil
}

// need returns an error unless the array has this type and shape.
func (a array) need(kind string, shape ...int) error {
	if a.Type != kind || !slices.Equal(a.Shape, shape) {
		return fmt.Errorf("%s: an array %d of %q, need %d of %q", a.Name(), a.Shape, a.Type, shape, kind)
	}
	return nil
}

// row copies row i of rows of len(p) bytes.
func (a array) row(p []byte, i int) error {
	_, err := a.ReadAt(p, a.start+int64(i)*int64(len(p)))
	if err != nil {
		return fmt.Errorf("%s: row %d: %w", a.Name(), i, err)
	}
	return nil
}

// chunkRows is how many rows are read at a time.
const chunkRows = 1 << 12

// each calls f for every row of width int64 numbers.
func (a array) each(width int, f func(i int, row []int64) error) error {
	in := io.NewSectionReader(a, a.start, a.Size()-a.start)
	buf, row := make([]byte, 8*width*chunkRows), make([]int64, width)
	for i, n := 0, a.Shape[0]; i < n; {
		part := buf[:8*width*min(chunkRows, n-i)]
		if _, err := io.ReadFull(in, part); err != nil {
			return fmt.Errorf("%s: %w", a.Name(), err)
		}
		for ; len(part) > 0; i, part = i+1, part[8*width:] {
			for k := range row {
				row[k] = int64(binary.LittleEndian.Uint64(part[8*k:]))
			}
			if err := f(i, row); err != nil {
				return fmt.Errorf("%s: row %d: %w", a.Name(), i, err)
			}
		}
	}
	return nil
}
