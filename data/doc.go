// Package data opens collections of images and makes batches of them.
//
// A data set is named everywhere by the same spec, such as "folder:DIR" or "shapes",
// and is read with [Open]. A [Loader] makes batches before they are needed. It knows
// nothing of augmentation: it calls a function that writes the views of an image into
// the batch. Some sets are [Segmented]: people, or the program that drew the images,
// say which pixels belong together.
//
// The one idea is the cursor. The contents of batch (epoch, step) are a function
// of the data, the seed and the cursor, whatever the number of workers, so a run
// that starts at a checkpoint's cursor sees what an uninterrupted run sees.
//
//	set, err := data.Open("cifar10:DIR", data.Pretrain, data.Options{})
//	l, err := data.NewLoader(ctx, set, data.LoaderConfig{Batch: 128, Size: 32, Views: 2}, newFill)
//	defer l.Close()
//	for {
//		b, err := l.Next()
//		// …train on b.Views…
//		b.Release()
//	}
package data
