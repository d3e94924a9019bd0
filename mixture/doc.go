// Package mixture segments images with a frozen network, without labels: it says which part of
// an image each pixel belongs to (PAPER 4.5).
//
// A few terms. The network describes an image by one vector, f1, and each location of the image
// by a vector φ7, which it computes from f7, the map of its trunk. A network trained with a
// mixture (model.mix.k) also makes k vectors from f1, its components. The score of a component at
// a location is their inner product, scaled and clipped as in training. Negatives are φ7 at
// locations of other images.
//
// The one idea is that a location belongs to the component that best tells it from the
// negatives. This gives each location a probability of every component, and drawn as a map
// these divide the image into parts.
//
//   - [CanSegment] says whether a network has the components and locations that this needs.
//   - A [Segmenter] holds the parts of the network that segment, on an engine.
//   - [Segmenter.Prepare] gives it negatives: by default four locations from each of 1,024
//     images that the network has learnt from. They are computed once and can be kept in a file
//     beside the checkpoint.
//   - [Segmenter.Components] runs the trunk over an image of any size, fits the components to
//     this image, and returns the probabilities on a grid of locations.
//   - A [Config] says how fine the grid is; [Config.Cut] labels every pixel of the image with its
//     likeliest component.
//
// With m the settings of the network and weights its open checkpoint:
//
//	e, err := cpu.New(cpu.Config{})
//	if err != nil {
//		return err
//	}
//	defer e.Close()
//	s, err := mixture.New(e, m, encoder.Trained(weights), 0)
//	if err != nil {
//		return err
//	}
//	defer s.Close()
//	from := mixture.Source{File: path, Keep: true, Data: "folder:photos", Transform: transform}
//	if _, err := s.Prepare(ctx, from, mixture.DefaultNegatives()); err != nil {
//		return err
//	}
//	c := mixture.Default()
//	grid, err := s.Components(ctx, img, c)
//	if err != nil {
//		return err
//	}
//	labels, confidence, err := c.Cut(ctx, grid, img, 0)
//
// Labels and grids are those of package segment, which knows nothing of networks. Package eval
// compares labels with segmentations by people.
package mixture
