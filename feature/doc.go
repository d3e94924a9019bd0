// Package feature holds the vectors of images as values: their moments, the nearest of them,
// pairs and groups of them, near copies among them.
//
// The one idea is that nothing here knows where a vector comes from: Features are rows of
// numbers, with labels or without. Package encoder makes them with a network; packages
// embedding, classify and eval search and compare them.
//
// Vectors are compared by cosine after each dimension has been given mean 0 and deviation 1,
// which removes what all images share. Moments hold that shift and scale; a Base packs
// vectors once and finds the nearest ones to many queries.
//
//	m := feature.MomentsOf(photos)
//	base, err := feature.NewBase(photos, m, 0)
//	near, err := base.Nearest(ctx, queries, 10)
//	fmt.Println(near.Index[0], near.Cosine[0]) // nearest to the first query
package feature
