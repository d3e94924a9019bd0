// Package segment holds segmentations as values: a label for each pixel, measures
// of how far two of them agree, and pictures of them.
//
// The one idea is that a segmentation is a Map, whoever made it: a person, a
// mixture's components, k-means. Measures compare Maps and know nothing of
// networks; package mixture uses a network to make Maps of images.
//
// Soft maps on a coarse grid are refined along the image's edges into a Map of its
// own size, cleared of small specks, and compared with people's:
//
//	soft, err := segment.Guided{Radius: 16, Eps: 1e-3}.Refine(ctx, grid, img)
//	m, confidence, err := segment.Argmax(ctx, soft, 0)
//	m, err = m.Absorb(ctx, 100)
//	agreement, err := segment.Agree(m, people)
//	picture, err := segment.Overlay{Opacity: 0.5, Confidence: confidence}.Draw(img, m)
//
// KMeans makes the labels that serve as a baseline; Foreground and Oracle choose
// which labels are an object.
package segment
