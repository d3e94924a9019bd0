// Package mixture divides an image between the components of a frozen network whose f1 is a
// mixture (PAPER 4.5): which of them has each pixel.
//
// The one idea is that a location belongs to the component that tells it best from locations
// of other images. These negatives are φ7 of a thousand images that the network has learnt
// from; they are taken once and kept in a file beside the checkpoint. A Segmenter then runs
// the trunk over an image of any size, fits the components to the image, and gives for each
// location the probability of every component. A Config says how finely, and cuts these
// probabilities into a label for each pixel.
//
//	s, err := mixture.New(cpu, m, encoder.Trained(checkpoint), 0)
//	_, err = s.Prepare(ctx, mixture.Source{File: beside, Data: spec}, mixture.DefaultNegatives())
//	c := mixture.Default()
//	grid, err := s.Components(ctx, img, c)
//	labels, confidence, err := c.Cut(ctx, grid, img, 0)
//
// Labels are those of package segment, which knows nothing of networks; package eval compares
// them with those of people. CanSegment says whether a network has what this needs.
package mixture
