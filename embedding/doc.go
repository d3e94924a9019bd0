// Package embedding keeps the vectors of images, to be saved, loaded and
// searched.
//
// The one idea is that a Set is plain data with its origin: rows of numbers, the
// name of the image behind each, and which network made them. On disk it is
// three files that other tools read without this program:
//
//	photos.npy    the vectors: NPY, float32, (n, Dim)
//	photos.jsonl  one line {"name": …} for each row
//	photos.json   the Origin, and the digests of the other two
//
//	s, err := embedding.Load("photos.npy")
//	fmt.Println(s.Len(), s.Dim, s.Names[0], s.Row(0)[:3])
//
// In Python, numpy.load("photos.npy") gives the same rows.
//
// The reader and writer of NPY are our own: github.com/sbinet/npyio, the library
// for it, panics on a header without a line end (v0.6.0), allocates what a header
// asks for before reading, and brings gonum with it. Only what is written here is
// read: format 1.0 and 2.0, '<f4', C order, two dimensions.
package embedding
