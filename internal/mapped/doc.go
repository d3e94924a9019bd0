// Package mapped reads files that the system maps into memory: what is not
// touched is not read, and what was read is dropped when memory is short.
//
// The one idea is that nobody holds the mapped bytes: they are copied out. If a
// file was truncated, or its disk is gone, touching them is a fault that ends the
// program; here it is an error that names the file. A File can therefore also be
// unmapped once nothing refers to it.
//
//	f, err := mapped.Open("train.images.npy")
//	_, err = f.ReadAt(pixels, offset)
package mapped
