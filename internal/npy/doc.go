// Package npy reads and writes the header of NumPy's NPY files: what type of
// numbers follow, and in which shape.
//
// The one idea is that the numbers themselves are the caller's business: they are
// written, read or mapped as bytes after the header.
//
//	w.Write(npy.Header{Type: npy.Float32, Shape: []int{n, dim}}.Bytes())
//
//	h, start, err := npy.Read(r)
//	err = h.Check(size - start) // the file holds what its header says
//
// The reader and writer are our own: github.com/sbinet/npyio, the usual library,
// panics on a header without a newline (v0.6.0), allocates what a header asks for
// before reading, and depends on gonum. Formats 1.0 and 2.0 in C order are read;
// structured arrays are not.
package npy
