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
// Of NPY files only what is written here is read: '<f4', C order, two dimensions.
package embedding
