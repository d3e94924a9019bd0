// Package amdim learns image representations without labels and uses them: it
// turns photographs into vectors that lie close together when the pictures are
// alike. Augmented Multiscale Deep InfoMax, Bachman et al. 2019, arXiv
// 1906.00910.
//
// A service that holds a trained encoder needs three calls:
//
//	m, err := amdim.Open("runs/photos", amdim.Options{}) // a run folder or a checkpoint
//	if err != nil {
//		return err
//	}
//	defer m.Close()
//	img, err := amdim.Decode(upload) // JPEG, PNG, GIF, BMP, TIFF or WebP; upright
//	if err != nil {
//		return err // the file is damaged or not an image
//	}
//	vectors, err := m.Embed(ctx, img) // m.Dim() numbers for each image
//
// A model trained with a mixture (model.mix.k) also segments: [Model.Segment] labels
// each pixel of an image with a component, at the image's own size.
//
// [Model.EmbedFolder] turns a folder into a [Set], which is saved as NPY; an
// [Index] finds nearest images and near-duplicates in it; [Model.CheckIndex] tells
// whether it belongs to the same network. [Pretrain] trains an encoder on a folder, and
// the command amdim does all of this without code. Package serve answers over HTTP what a
// Model can say of an image; package runreport makes the page about a training run.
//
// To train on images that no spec names, such as those of a database, write a [data.Dataset].
// [train.Run] learns from it (docs/pretraining.md, and the example of that function), [Open] reads
// the run, and [Model.PrepareSegmentFrom] prepares a mixture.
//
// The one idea is that a vector is a function of the image and the checkpoint alone: neither the
// other images in a call, nor the batch size, nor the number of threads changes a single bit of it.
// Another engine or processor may change the last bits. Another precision changes about 1 % of a
// vector's length, which gives cosines of about 0.9999 between the two: where vectors of several
// machines are compared, set Options.Precision.
//
// # Errors
//
// Errors of this package begin with "amdim: " and what was being done. Those of a [Set], an
// [Index] and a [Classifier] begin with the name of the package that defines the type. The errors
// that they wrap are listed below ([ErrClosed] and others) and at each function.
//
// # Concurrency
//
// The methods of a [Model] may be called from any number of goroutines:
//
//   - Their work waits in one queue, in batches of at most 64 images, and each batch uses all
//     threads. A single image does not wait for a whole folder. Calls of [Model.Embed] that wait
//     at the same time share a batch.
//   - [Model.Segment] takes one image at a time. [Model.LearnClasses] computes beside the queue, on
//     all threads.
//   - A call whose context is done ends while it looks for the files of a folder, at once while it
//     is in the queue, without computing anything, or between two batches.
//   - [Model.Close] waits for calls in progress. Calls that begin in the meantime or later return
//     [ErrClosed].
//
// A [Set] and an [Index] are safe for concurrent reading. [Pretrain] uses all threads and calls
// its callbacks, such as OnRecord, on the goroutine of its caller.
package amdim
