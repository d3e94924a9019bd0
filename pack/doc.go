// Package pack decodes a collection of images once and keeps the pixels in files
// that are mapped, so that training reads no image format again and a collection
// of any size takes no memory.
//
// The one idea is that a pack is plain arrays of NumPy, which other tools open
// without this program, and a manifest that is written last: a folder without
// pack.json is no pack, whenever packing was stopped. For each split, train, test
// and, where it is not train itself, pretrain, there are four files:
//
//	train.images.npy  uint8   (n, h, w, 3) where all images have one size, or else
//	                          (bytes,): the images, (h, w, 3) each, one behind the other
//	train.index.npy   int64   (n, 3): where an image begins in these bytes, its height
//	                          and its width; heights and widths of 0 are unreadable images
//	train.labels.npy  int64   (n,): index of the class in pack.json, −1: none
//	train.names.npy   bytes   (n,): UTF-8, the path of the file below its folder, or
//	                          train/17 where images are no files
//
// Photographs of differing shape are not cropped to one: both the crop and the
// size of a view are drawn anew each time. An image that cannot be read keeps its
// place, without pixels, so that image i of the pack is image i of the source and
// the same seed makes the same batches of both.
//
//	m, err := pack.Write(ctx, "packed", pack.Task{Spec: spec, Side: 96, Sources: sources})
//	p, err := pack.Open("packed")
//	train, ok := p.Split("train")
//	img, err := train.Image(0)
//
// In Python:
//
//	pixels = numpy.load("packed/train.images.npy", mmap_mode="r")
//	at, h, w = numpy.load("packed/train.index.npy", mmap_mode="r")[0]
//	image = pixels.reshape(-1)[at:at + h * w * 3].reshape(h, w, 3)
package pack
