// Package embedding saves, loads and searches the vectors of images.
//
// The one idea is that a Set is plain data with its origin: rows of numbers, the
// name of the image behind each, and the network that made them. On disk it is
// three files that other tools can read without this program:
//
//	photos.npy    the vectors: NPY, float32, (n, Dim)
//	photos.jsonl  one line {"name": …, "version": …} for each row
//	photos.json   the Origin, and the digests of the other two
//
//	s, err := embedding.Load("photos.npy")
//	fmt.Println(s.Len(), s.Dim, s.Names[0], s.Row(0)[:3])
//
// In Python, numpy.load("photos.npy") gives the same rows.
//
// Only the form of NPY written here is read: '<f4', C order, two dimensions.
package embedding
