package mixture

import (
	"context"
	"fmt"

	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/segment"
	"github.com/amdim/amdim/tensor"
)

// CanSegment returns ErrNoMixture or ErrNoLocations for a network that cannot.
func CanSegment(m model.Config) error {
	switch {
	case m.Mix.K == 0:
		return ErrNoMixture
	case !m.Contrasts(encoder.MapSide):
		return ErrNoLocations
	}
	return nil
}

// Config says how finely an image is segmented, and how probabilities at
// locations become labels of pixels. All of it is ours: the paper is silent.
type Config struct {
	// Side is the shorter side, in pixels, at which locations are viewed; 0: the
	// image's own, limited to between one and four times the network's.
	Side   int     `json:"side"`
	Step   int     `json:"step"`          // pixels between locations at that size; 0: half the trunk's stride
	Tau    float64 `json:"tau,omitempty"` // τ; 0: as trained, 2 for a hard mixture
	Fit    int     `json:"fit"`           // updates to fit the components to the image; 0: as f1 gives them
	Share  float64 `json:"share"`         // a component below it fades out during the fit; 0: all alike
	Guided bool    `json:"guided"`        // maps follow the image's edges; else bilinear
	Radius float64 `json:"radius"`        // of the guided filter's windows, a share of the shorter side
	Eps    float64 `json:"eps"`           // of the guided filter
	Least  float64 `json:"least"`         // regions with a smaller share of the image join a neighbour
}

// Default: what was tried for side, fit and share on train images of BSDS500 is in
// RESULTS.md; other radii and eps of the guided filter were not tried.
func Default() Config {
	return Config{Fit: 100, Share: 0.001, Guided: true, Radius: 0.05, Eps: 1e-3}
}

// Validate returns an error that names the first value that cannot be used with a
// network.
func (c Config) Validate(m model.Config) error {
	stride := m.Grid().Stride
	switch {
	case c.Side != 0 && c.Side < m.Grid().Field/2 || c.Side > mostSide:
		return fmt.Errorf("mixture: segment: side = %d, need %d to %d (0: the image's own, from %d to %d)",
			c.Side, m.Grid().Field/2, mostSide, m.Px, finest*m.Px)
	case c.Step < 0 || stride%c.step(stride) != 0:
		return fmt.Errorf("mixture: segment: step = %d, need a divisor of the trunk's stride, %d", c.Step, stride)
	case !(c.Tau >= 0 && c.Tau <= mostTau):
		return fmt.Errorf("mixture: segment: tau = %v, need more than 0, at most %d (0: as trained)",
			c.Tau, mostTau)
	case c.Fit < 0 || c.Fit > mostFit:
		return fmt.Errorf("mixture: segment: fit = %d, need 0 to %d updates", c.Fit, mostFit)
	case !(c.Share >= 0 && c.Share < 0.5):
		return fmt.Errorf("mixture: segment: share = %v, need 0 (all alike) to below 0.5", c.Share)
	case c.Guided && !(c.Radius > 0 && c.Radius <= 1):
		return fmt.Errorf("mixture: segment: radius = %v, need a share of the shorter side, above 0 to 1", c.Radius)
	case c.Guided && !(c.Eps > 0):
		return fmt.Errorf("mixture: segment: eps = %v, need more than 0", c.Eps)
	case !(c.Least >= 0 && c.Least < 1):
		return fmt.Errorf("mixture: segment: least = %v, need a share of the image, at least 0 and below 1",
			c.Least)
	}
	return nil
}

const (
	mostSide = 4096      // locations see too little of a larger image
	finest   = 4         // times the network's side: the default for larger images
	longest  = 8192      // pixels of the longer side: a strip of 1 × 10,000 pixels is an image too
	mostFit  = 10_000    // a hundred times the default
	mostTau  = 1_000_000 // far above what makes a choice hard
)

// Sides returns the least and the most pixels of the shorter side at which a
// network views images.
func (c Config) Sides(m model.Config) (least, most int) { return c.sides(m.Px) }

// sides is Sides for a network of px pixels.
func (c Config) sides(px int) (least, most int) {
	if c.Side == 0 {
		return px, finest * px
	}
	return c.Side, c.Side
}

// Effective is c with the step and the τ that 0 stands for, and without a share if
// there is no fit. A side of 0 stays 0: it means each image's own, within Sides.
func (c Config) Effective(m model.Config) Config {
	c.Step, c.Tau = c.Spacing(m), c.temperature(m.Mix)
	if c.Fit == 0 {
		c.Share = 0
	}
	return c
}

// Spacing is how many pixels lie from location to location at that side.
func (c Config) Spacing(m model.Config) int { return c.step(m.Grid().Stride) }

// size is that at which a network of px pixels views the locations of an image.
func (c Config) size(img tensor.Image, px int) (h, w int) {
	least, most := c.sides(px)
	side := max(least, min(img.H, img.W, most))
	scale := min(float64(side)/float64(min(img.H, img.W)), longest/float64(max(img.H, img.W)))
	round := func(n int) int { return max(1, int(scale*float64(n)+0.5)) }
	return round(img.H), round(img.W)
}

func (c Config) step(stride int) int {
	if c.Step == 0 {
		return max(1, stride/2)
	}
	return c.Step
}

// temperature is τ. A hard mixture was trained without one and takes the default, with
// which its components are fitted to an image and blend between locations, as measured in
// RESULTS.md. Without a fit, a location's label, PAPER 4.5's arg-max, is the same at any τ.
func (c Config) temperature(m model.Mix) float64 {
	if c.Tau == 0 {
		return m.Temperature()
	}
	return c.Tau
}

// Cut labels each pixel of the image with the likeliest of the grid's k components or, in
// a region that joined a neighbour, with the neighbour's, and says how likely that is. It
// ends between two rows of pixels, or two regions, when ctx is done.
func (c Config) Cut(
	ctx context.Context, g segment.Grid, img tensor.Image, threads int,
) (segment.Map, []float32, error) {
	m, sure, err := c.cut(ctx, g, img, threads)
	if err != nil {
		return segment.Map{}, nil, fmt.Errorf("mixture: segment: %w", err)
	}
	return m, sure, nil
}

func (c Config) cut(
	ctx context.Context, g segment.Grid, img tensor.Image, threads int,
) (segment.Map, []float32, error) {
	soft, err := c.Soft(ctx, g, img, threads)
	if err != nil {
		return segment.Map{}, nil, err
	}
	m, sure, err := segment.Argmax(ctx, soft, threads)
	if least := int(c.Least * float64(img.H*img.W)); least > 1 && err == nil {
		if m, err = m.Absorb(ctx, least); err == nil {
			sure, err = segment.Confidence(ctx, soft, m, threads)
		}
	}
	return m, sure, err
}

// Soft is the grid brought to every pixel of the image. It ends as segment.Guided's Refine does.
func (c Config) Soft(
	ctx context.Context, g segment.Grid, img tensor.Image, threads int,
) (segment.Soft, error) {
	if !c.Guided {
		return g.Over(img.H, img.W), nil
	}
	radius := max(1, int(c.Radius*float64(min(img.H, img.W))))
	return segment.Guided{Radius: radius, Eps: c.Eps, Threads: threads}.Refine(ctx, g, img)
}
