package amdim

import (
	"context"
	"fmt"
	"image"
	"math"

	"github.com/amdim/amdim/data/imagefile"
	"github.com/amdim/amdim/mixture"
	"github.com/amdim/amdim/segment"
	"github.com/amdim/amdim/tensor"
)

// SegmentOptions say how finely an image is segmented. The zero value suits most images.
type SegmentOptions struct {
	Side     int     // shorter side in pixels that the image is resized to: larger is finer; 0: by image and Px
	Step     int     // pixels between locations at that size: 1, 2, 4, …; 0: half the network's stride
	Tau      float64 // τ: how sharply a location chooses its component; 0: as trained, 2 for a hard mixture
	Fit      int     // updates to fit the components to the image's own locations; 0: the default, −1: none
	Share    float64 // components that fit less of the image fade out, e.g. 0.01; 0: the default, −1: none
	Bilinear bool    // interpolate probabilities between locations; else they follow the image's edges
	Least    float64 // regions with a smaller share of the image join a neighbour; 0: none
}

func (o SegmentOptions) config() mixture.Config {
	c := mixture.Default()
	c.Side, c.Step, c.Tau, c.Guided, c.Least = o.Side, o.Step, o.Tau, !o.Bilinear, o.Least
	c.Fit, c.Share = chosen(o.Fit, c.Fit), chosen(o.Share, c.Share)
	return c
}

// chosen is v, or the default for 0, or 0 for −1.
func chosen[T int | float64](v, otherwise T) T {
	switch v {
	case 0:
		return otherwise
	case -1:
		return 0
	}
	return v
}

// Segmentation says which component of the model's mixture each pixel of an image belongs to.
// Components are computed for each image, so equal numbers in two images need not mean the same.
type Segmentation struct {
	Labels     segment.Map  // components, from 0; At, Regions, Absorb, Picture, WritePNG and others
	Confidence []float32    // (H, W): the probability of each pixel's component
	Grid       segment.Grid // the probabilities of all components at the locations viewed

	image tensor.Image
}

const opacity = 0.6 // of colours that are certain: the image stays visible

// Overlay returns the image tinted with the colours of its labels, fainter where
// they are less certain, with white lines between them. Labels may have been
// replaced, for instance by their Regions.
func (s *Segmentation) Overlay() (image.Image, error) {
	o := segment.Overlay{Opacity: opacity, Confidence: s.Confidence, Boundaries: true}
	img, err := o.Draw(s.image, s.Labels)
	if err != nil {
		return nil, fmt.Errorf("amdim: overlay: %w", err)
	}
	return imagefile.RGBA(img), nil
}

// anyShape is the limits of Segment: those of Decode, except that an image may be thin.
var anyShape = imagefile.Limits{Ratio: math.MaxInt64}

// Segment labels every pixel of an image with a component of the model's mixture. The image may
// have any shape and up to 200 million pixels; the label map is as large as the image. Memory
// grows with pixels and components: 1.3 GB for 49 million pixels and 4 components. A large Side
// with a small Step takes up to 4 GiB more, for the locations; beyond that the error is
// ErrTooFine.
//
// The first call does what PrepareSegment does, with its errors. For a model without a mixture the
// error is ErrNoMixture, for one whose tasks have no locations of scale 7 ErrNoLocations.
//
// One image at a time is segmented. When ctx is done, Segment ends while it waits for its turn or
// converts the image, between two batches of locations, between two updates of SegmentOptions.Fit,
// or between two rows of the label map.
func (m *Model) Segment(ctx context.Context, img image.Image, o SegmentOptions) (*Segmentation, error) {
	s, err := m.segment(ctx, img, o)
	if err != nil {
		return nil, fmt.Errorf("amdim: segment: %w", err)
	}
	return s, nil
}

// CheckSegment returns the error that Segment would return for these options with any image:
// ErrNoMixture, ErrNoLocations, or that of a value out of range.
func (m *Model) CheckSegment(o SegmentOptions) error {
	if _, err := m.segmentConfig(o); err != nil {
		return fmt.Errorf("amdim: segment: %w", err)
	}
	return nil
}

func (m *Model) segmentConfig(o SegmentOptions) (mixture.Config, error) {
	if err := mixture.CanSegment(m.settings.Model); err != nil {
		return mixture.Config{}, err
	}
	c := o.config()
	return c, c.Validate(m.settings.Model)
}

func (m *Model) segment(ctx context.Context, img image.Image, o SegmentOptions) (*Segmentation, error) {
	done, err := m.use()
	if err != nil {
		return nil, err
	}
	defer done()
	if err := usable(img, anyShape); err != nil {
		return nil, fmt.Errorf("the image %w", err)
	}
	c, err := m.segmentConfig(o)
	if err != nil {
		return nil, err
	}
	if err := m.segmenting.Wait(ctx); err != nil {
		return nil, err
	}
	defer m.segmenting.Leave()
	if err := m.openSegmenter(ctx, nil); err != nil {
		return nil, err
	}
	s := new(Segmentation)
	if s.image, err = fromImage(ctx, img); err != nil {
		return nil, err
	}
	if s.Grid, err = m.segmenter.Components(ctx, s.image, c); err != nil {
		return nil, err
	}
	if s.Labels, s.Confidence, err = c.Cut(ctx, s.Grid, s.image, m.options.Threads); err != nil {
		return nil, err
	}
	for i, v := range s.Confidence { // along edges it may leave the range a little
		s.Confidence[i] = min(max(v, 0), 1)
	}
	return s, nil
}
