// Package encoder runs a trained network that no longer learns: it turns images into
// vectors, f1, for search, classification, segmentation and evaluation.
//
// The one idea is that an Encoder is frozen. Its weights are set once, from a checkpoint or,
// as a baseline, at random. All that may change afterwards are BatchNorm's running
// statistics: training left those of augmented images, and Refresh takes them from plain
// ones. Hashes over weights and statistics show that nothing else moved.
//
//	settings, _, err := config.Stored(path) // of the run
//	m := settings.Model
//	images, err := encoder.NewImages(set, m.Px, settings.Augment)
//	e, err := encoder.New(cpu, m, encoder.Trained(checkpoint))
//	err = e.Refresh(ctx, images, encoder.DefaultRefresh())
//	features, err := e.Encode(ctx, images)
//
// Images are a data set through the test transform; a Forward takes batches of images from
// anywhere. A Matcher shows where in one image the network finds another: the scores that its
// loss compares, location by location. Tap and Compile are for packages that run other parts
// of the network.
package encoder
