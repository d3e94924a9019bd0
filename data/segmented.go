package data

import "github.com/amdim/amdim/segment"

// Segmented is a Dataset whose images have been segmented.
type Segmented interface {
	Dataset

	// Truths are the segmentations of image i, at least one: one of each annotator,
	// of the size that the image has in its file, which Image returns where
	// Options.Side is 0. An error names the image or the file of a segmentation.
	Truths(i int) ([]segment.Map, error)
}

// Masked is a Segmented whose only truth is an object on a ground: label 1 is the
// object in every image, 0 the ground. Elsewhere labels are names alone.
type Masked interface {
	Segmented
	Mask(i int) []uint8 // (H, W): 1 on the object, else 0
}

// Truths is the mask as a segmentation, the only one.
func (s *Shapes) Truths(i int) ([]segment.Map, error) {
	m := segment.NewMap(s.w, s.h)
	for k, object := range s.Mask(i) {
		m.Label[k] = int32(object)
	}
	return []segment.Map{m}, nil
}
