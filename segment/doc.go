// Package segment holds segmentations as values: a label for each pixel, what two
// of them have in common, and pictures of them.
//
// The one idea is that a segmentation is a Map, whoever made it: a person, a
// mixture's components, k-means. Measures compare Maps and know nothing of
// networks; package eval makes Maps of images with one.
package segment
