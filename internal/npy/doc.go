// Package npy reads and writes the header of NumPy's NPY files: what kind of
// numbers follow, and in which shape.
//
// The one idea is that the numbers themselves are nobody's but the caller's: they
// are written, read or mapped as bytes behind the header.
//
//	w.Write(npy.Header{Type: npy.Float32, Shape: []int{n, dim}}.Bytes())
//
//	h, start, err := npy.Read(r)
//	err = h.Check(size - start) // the file holds what its header says
//
// The reader and writer are our own: github.com/sbinet/npyio, the library for it,
// panics on a header without a line end (v0.6.0), allocates what a header asks for
// before reading, and brings gonum with it. Formats 1.0 and 2.0 in C order are
// read; arrays of records are not.
package npy
