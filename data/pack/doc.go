// Package pack decodes a collection of images once and keeps the pixels in
// memory-mapped files, so that training never decodes an image again and a
// collection of any size takes no memory.
//
// The one idea is that a pack is plain NumPy arrays, which other tools can open
// without this program, and a manifest that is written last: a folder without
// pack.json is not a pack, whenever packing was stopped. Each split (train, test
// and, where it is not train itself, pretrain) has four files:
//
//	train.images.npy  uint8   (n, h, w, 3) where all images have one size, or else
//	                          (bytes,): the images, (h, w, 3) each, one after another
//	train.index.npy   int64   (n, 3): where an image begins in these bytes, its height
//	                          and its width; heights and widths of 0 are unreadable images
//	train.labels.npy  int64   (n,): index of the class in pack.json, −1: none
//	train.names.npy   bytes   (n,): UTF-8, the path of the file below its folder, or
//	                          train/17 if images are not files
//
// Photographs of different shapes are not cropped to one shape: the crop and its
// size are drawn anew for every view. An image that cannot be read keeps its
// place, without pixels, so that image i of the pack is image i of the source and
// the same seed makes the same batches from both.
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
