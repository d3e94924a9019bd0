// Package segment holds segmentations as values: a label for each pixel, what two
// of them have in common, and pictures of them.
//
// The one idea is that a segmentation is a Map, whoever made it: a person, a
// mixture's components, k-means. Measures compare Maps and know nothing of
// networks; package eval makes Maps of images with one.
//
// Soft maps on a coarse grid become a Map of an image's own size, along the image's
// edges, without its small specks, and compared with people:
//
//	soft := segment.Guided{Radius: 16, Eps: 1e-3}.Refine(grid, img)
//	m, confidence := segment.Argmax(soft, 0)
//	m = m.Absorb(100)
//	agreement, err := segment.Agree(m, people)
//	picture, err := segment.Overlay{Opacity: 0.5, Confidence: confidence}.Draw(img, m)
//
// KMeans makes the labels that others are compared with; Foreground and Oracle take
// labels as an object.
package segment
