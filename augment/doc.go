// Package augment makes the two views of an image that AMDIM compares, and the
// test transform that evaluation uses.
//
// Both views share one horizontal flip; everything after it is drawn for each
// view alone: a translation with mirrored border or a resized crop, colour
// jitter and grayscale (Bachman et al. 2019, arXiv 1906.00910, section 3.4, with
// the values of the authors' code). Strong augmentation adds a policy of
// distortions before the crop (PolicyConfig) and PCA lighting at the end. Views stay
// 8-bit: the network's input operation normalises them with Config.Mean and
// Config.Std.
//
// The one idea is that chance and pixels are apart. Operations such as
// [Brightness] and [ResizedCrop] take their factors as arguments and reproduce
// Pillow's 8-bit arithmetic byte for byte; what is drawn is a function of
// (seed, epoch, index) alone, and every operation is drawn for even when it is
// switched off, so that two runs of an ablation differ in that operation only.
//
//	var scratch augment.Scratch // one per worker
//	c := augment.CIFAR()
//	c.Views(view1, view2, img, seed, epoch, index, &scratch)
package augment
