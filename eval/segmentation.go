package eval

import (
	"context"
	"fmt"
	"time"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/mixture"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/segment"
	"github.com/amdim/amdim/tensor"
)

// SegmentationProtocol is the name of the protocol that Segmentation runs on its own.
const SegmentationProtocol = "segmentation"

// Segmentation compares the maps of a mixture, and maps of as many segments made
// in other ways, with those of people.
type Segmentation struct {
	Config    SegmentationConfig
	Model     model.Config
	Weights   encoder.Weights
	Engine    engine.Engine
	Threads   int
	Negatives mixture.Source // of the model; those of a random encoder are learnt from the same images
	Data      data.Segmented // at full size
	Progress  func(done, total int)
	Note      func(leftOut string) // told, before images are measured, of a baseline that cannot be; may be nil
}

// SegmentationConfig holds every setting of a Segmentation.
type SegmentationConfig struct {
	Segment   mixture.Config          `json:"segment"`
	Negatives mixture.NegativesConfig `json:"negatives"`
	Images    int                     `json:"images"`    // at most, evenly spaced; 0: all
	Baselines bool                    `json:"baselines"` // besides the mixture
	Seed      uint64                  `json:"seed"`      // of k-means and of the random encoder
}

// DefaultSegmentation is the protocol of record.
func DefaultSegmentation() SegmentationConfig {
	return SegmentationConfig{
		Segment: mixture.Default(), Negatives: mixture.DefaultNegatives(), Baselines: true, Seed: 1,
	}
}

// Ways to segment an image, as named in results.
const (
	Mixture       = "mixture"
	RandomMixture = "mixture of a random encoder"
	ClusteredF7   = "k-means on f7"
	RandomF7      = "k-means on f7 of a random encoder"
	Clustered     = "k-means on colour and position"
	OneSegment    = "one segment"
)

// Run segments and measures every image.
func (s *Segmentation) Run(ctx context.Context) (*Segmented, error) {
	start := time.Now()
	if err := s.given(); err != nil {
		return nil, err
	}
	if err := s.Config.Segment.Validate(s.Model); err != nil {
		return nil, err
	}
	n := s.Data.Len()
	if s.Config.Images > 0 {
		n = min(n, s.Config.Images)
	}
	r := &Segmented{
		Network: s.Model, Config: s.Config, Engine: s.Engine.Name(), Images: n, Digest: s.Data.Digest(),
	}
	r.Config.Segment = s.Config.Segment.Effective(s.Model)
	r.Sides[0], r.Sides[1] = s.Config.Segment.Sides(s.Model)
	used, err := s.open(ctx, r)
	if err != nil {
		return nil, err
	}
	defer used.close()
	for i := range n {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := s.image(ctx, i*s.Data.Len()/n, used, r); err != nil {
			return nil, err
		}
		if s.Progress != nil {
			s.Progress(i+1, n)
		}
	}
	r.summarise()
	r.Seconds = time.Since(start).Seconds()
	return r, nil
}

// given returns an error that names what nothing can be segmented without.
func (s *Segmentation) given() error {
	for _, f := range []struct {
		name    string
		lacking bool
	}{{"Weights", s.Weights == nil}, {"Engine", s.Engine == nil}, {"Data", s.Data == nil}} {
		if f.lacking {
			return fmt.Errorf("eval: Segmentation.%s is nil: set it", f.name)
		}
	}
	return nil
}

// segmenters are those that images are divided by.
type segmenters struct{ trained, random *mixture.Segmenter } // random: nil without it

func (u segmenters) close() {
	u.trained.Close()
	if u.random != nil {
		u.random.Close()
	}
}

// open opens the segmenters that are asked for. The random encoder is left out if
// something it needs is missing, and r says so.
func (s *Segmentation) open(ctx context.Context, r *Segmented) (used segmenters, err error) {
	if used.trained, err = mixture.New(s.Engine, s.Model, s.Weights, s.Threads); err != nil {
		return used, fmt.Errorf("eval: segmentation: %w", err)
	}
	defer func() {
		if err != nil {
			used.close()
		}
	}()
	images, err := used.trained.Prepare(ctx, s.Negatives, s.Config.Negatives)
	if err != nil {
		return used, fmt.Errorf("eval: segmentation: %w", err)
	}
	r.Negatives = used.trained.Negatives()
	if s.Config.Baselines {
		used.random, err = s.random(ctx, images, r)
	}
	return used, err
}

// random returns a random encoder that has learnt from images or, if these are
// nil, from those that it opens; nil if they cannot be opened.
func (s *Segmentation) random(
	ctx context.Context, images *encoder.Images, r *Segmented,
) (*mixture.Segmenter, error) {
	random, err := mixture.New(s.Engine, s.Model, encoder.Random(s.Config.Seed), s.Threads)
	if err != nil {
		return nil, err
	}
	if images == nil {
		from := s.Negatives
		from.OnLearn = nil // only the mixture reports it
		if images, _, err = random.Images(ctx, from, s.Config.Negatives); err != nil && ctx.Err() == nil {
			random.Close()
			r.LeftOut = fmt.Sprintf("a random encoder, "+
				"because the images it needs cannot be used: %v", err)
			if s.Note != nil {
				s.Note(r.LeftOut)
			}
			return nil, nil
		}
	}
	if err == nil {
		err = random.Learn(ctx, images, s.Config.Negatives)
	}
	if err != nil {
		random.Close()
		return nil, err
	}
	return random, nil
}

// image measures all ways on image i. Each makes a grid that is cut into the image's
// segments; clusters are as many as the mixture has made segments.
func (s *Segmentation) image(ctx context.Context, i int, used segmenters, r *Segmented) error {
	img, err := s.Data.Image(i)
	if err != nil {
		return err
	}
	truths, err := s.Data.Truths(i)
	if err != nil {
		return err
	}
	add := func(way string, g segment.Grid, err error) error {
		if err != nil {
			return fmt.Errorf("eval: segmentation: image %d: %s: %w", i, way, err)
		}
		m, _, err := s.Config.Segment.Cut(ctx, g, img, s.Threads)
		if err != nil {
			return fmt.Errorf("eval: segmentation: %w", err)
		}
		measured, err := s.measure(i, m, truths)
		if err != nil {
			return fmt.Errorf("eval: segmentation: image %d: %w", i, err)
		}
		r.add(way, measured)
		return nil
	}
	mixed, f7, err := s.grids(ctx, used.trained, img)
	if err := add(Mixture, mixed, err); err != nil || !s.Config.Baselines {
		return err
	}
	n := r.PerImage[len(r.PerImage)-1].Segments
	g, err := s.cluster(f7, n)
	if err := add(ClusteredF7, g, err); err != nil {
		return err
	}
	g, err = s.byColour(used.trained, img, n)
	if err := add(Clustered, g, err); err != nil {
		return err
	}
	if used.random != nil {
		mixed, f7, err := s.grids(ctx, used.random, img)
		if err := add(RandomMixture, mixed, err); err != nil {
			return err
		}
		g, err := s.cluster(f7, n)
		if err := add(RandomF7, g, err); err != nil {
			return err
		}
	}
	return add(OneSegment, one(), nil)
}

// grids returns an image's components by the mixture of an encoder, and f7, from one run
// of the trunk.
func (s *Segmentation) grids(
	ctx context.Context, e *mixture.Segmenter, img tensor.Image,
) (mixed, f7 segment.Grid, err error) {
	phi7, f7, err := e.Locations(ctx, img, s.Config.Segment)
	if err != nil {
		return mixed, f7, err
	}
	mixed, err = e.ComponentsOf(ctx, img, phi7, s.Config.Segment)
	return mixed, f7, err
}

// measure compares a map with those of people and, if there is one, an object.
func (s *Segmentation) measure(i int, m segment.Map, truths []segment.Map) (Measured, error) {
	_, n := m.Compact()
	a, err := segment.Agree(m, truths)
	if err != nil {
		return Measured{}, err
	}
	measured := Measured{Image: i, Segments: n, Agreement: a}
	masked, ok := s.Data.(data.Masked)
	if !ok {
		return measured, nil
	}
	mask := make([]bool, len(m.Label))
	for j, v := range masked.Mask(i) {
		mask[j] = v != 0
	}
	object := Object{}
	if object.IoU, err = segment.ForegroundIoU(m, segment.Foreground(m), mask); err != nil {
		return measured, err
	}
	_, object.Oracle, err = segment.Oracle(m, mask)
	measured.Object = &object
	return measured, err
}
