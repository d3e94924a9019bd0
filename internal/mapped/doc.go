// Package mapped reads files that the system maps into memory: what is not
// touched is not read, and what was read is given up when memory is short.
//
// The one idea is that nobody holds the mapped bytes: they are copied out. Where a
// file was cut short, or its disk is gone, touching them is a fault that ends a
// program; here it is an error that names the file. So a File can also be unmapped
// when nothing refers to it any more.
//
//	f, err := mapped.Open("train.images.npy")
//	_, err = f.ReadAt(pixels, offset)
package mapped
