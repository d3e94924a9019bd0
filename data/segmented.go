package data

import (
	"fmt"

	"github.com/amdim/amdim/segment"
)

// Segmented is a Dataset whose images have been segmented.
type Segmented interface {
	Dataset

	// Truths returns the segmentations of image i, at least one: one by each
	// annotator, at the size that the image has in its file, which is Image's if
	// Options.Side is 0. An error names the image or the file of a segmentation.
	Truths(i int) ([]segment.Map, error)
}

// OpenSegmented is Open for images with known segmentations; of others the error wraps
// ErrNotSegmented.
func OpenSegmented(spec string, split Split, o Options) (Segmented, error) {
	set, err := Open(spec, split, o)
	if err != nil {
		return nil, err
	}
	segmented, ok := set.(Segmented)
	if !ok {
		return nil, fmt.Errorf("%s: %w", spec, ErrNotSegmented)
	}
	return segmented, nil
}

// Masked is a Segmented whose only truth is an object on a ground: in every image
// label 1 is the object and 0 the ground. In other data labels are mere names.
type Masked interface {
	Segmented
	Mask(i int) []uint8 // (H, W): 1 on the object, else 0
}

// Truths returns the mask as the only segmentation.
func (s *Shapes) Truths(i int) ([]segment.Map, error) {
	m := segment.NewMap(s.h, s.w)
	for k, object := range s.Mask(i) {
		m.Label[k] = int32(object)
	}
	return []segment.Map{m}, nil
}
