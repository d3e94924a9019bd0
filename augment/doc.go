// Package augment makes the two views of an image that AMDIM compares, and the
// test transform that evaluation uses.
//
// Both views share one horizontal flip; everything after it is drawn separately for
// each view: a translation with mirrored border or a resized crop, colour jitter and
// grayscale (Bachman et al. 2019, arXiv 1906.00910, section 3.4, with the values
// from the authors' code). Strong augmentation adds a policy of distortions before
// the crop (PolicyConfig) and PCA lighting at the end. Views stay 8-bit: the
// network's input operation normalises them with Config.Mean and Config.Std.
//
// The one idea is that chance is kept apart from pixels. Operations such as
// brightness and resized crop take their factors as arguments and reproduce
// Pillow's 8-bit arithmetic byte for byte; the draws are a function of (seed,
// epoch, index) alone, and are made for every operation even when it is
// switched off, so that two runs of an ablation differ only in that operation.
//
// Images are such as data.Image returns, which checks them: one whose Pix does not fit its
// sides panics, and one with a very long side takes memory for all of it at the view's height.
//
//	var scratch augment.Scratch // one per worker
//	c := augment.CIFAR()
//	c.Views(view1, view2, img, seed, epoch, index, &scratch)
package augment
