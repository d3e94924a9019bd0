package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim"
	"github.com/amdim/amdim/mixture"
	"github.com/amdim/amdim/model"
)

// What --upsample may be.
const (
	upsampleGuided   = "guided"
	upsampleBilinear = "bilinear"
)

// segmentFlags say how finely an image is segmented.
type segmentFlags struct {
	config   mixture.Config
	sides    [2]int // that the configuration comes to
	upsample string
	changed  func(flag string) bool
}

func (s *segmentFlags) add(c *cobra.Command) {
	s.config = mixture.Default()
	f := c.Flags()
	s.changed = f.Changed
	f.IntVar(&s.config.Side, "side", 0,
		"resize images to this shorter side in pixels; more is finer "+
			"(default: their own, at most 4 times the network's)")
	f.IntVar(&s.config.Step, "step", 0,
		"pixels between locations at that size: 1, 2, 4, … (default: half the network's stride)")
	f.Float64Var(&s.config.Tau, "tau", 0,
		"τ: how sharply a location chooses its component (default: as trained; 2 for a hard mixture)")
	f.IntVar(&s.config.Fit, "fit", s.config.Fit,
		"updates that fit the components to an image's own locations; 0: leave them as the network gives them")
	f.Float64Var(&s.config.Share, "share", s.config.Share, "fade out, during the fit, components that "+
		"fit less than this share of the image; 0.01 gives fewer segments, 0 keeps all")
	f.StringVar(&s.upsample, "upsample", upsampleGuided,
		"from locations to pixels: guided (along the edges of the image) or bilinear")
	f.Float64Var(&s.config.Least, "least", s.config.Least,
		"join regions smaller than this share of the image, such as 0.001, to a neighbour")
}

// check completes the configuration and refuses a wrong one.
func (s *segmentFlags) check(m model.Config) error {
	switch s.upsample {
	case upsampleGuided, upsampleBilinear:
	default:
		return usagef("--upsample %q: need %s or %s", s.upsample, upsampleGuided, upsampleBilinear)
	}
	if s.config.Fit == 0 && s.config.Share > 0 && s.changed("share") {
		return usagef("--share %g has no effect with --fit 0: components fade out during the fit", s.config.Share)
	}
	s.config.Guided = s.upsample == upsampleGuided
	if err := s.config.Validate(m); err != nil {
		return usageError{fmt.Errorf("%w; --side, --step, --tau, --fit, --share and --least set them", err)}
	}
	s.config = s.config.Effective(m)
	s.sides[0], s.sides[1] = s.config.Sides(m)
	return nil
}

// options are those of the front door.
func (s *segmentFlags) options() amdim.SegmentOptions {
	c := s.config
	o := amdim.SegmentOptions{
		Side: c.Side, Step: c.Step, Tau: c.Tau, Fit: c.Fit, Share: c.Share,
		Bilinear: !c.Guided, Least: c.Least,
	}
	if c.Fit == 0 { // the zero value there is the default
		o.Fit = -1
	}
	if c.Share == 0 {
		o.Share = -1
	}
	return o
}

// unsegmented adds what to train with to the reason why a model cannot segment.
func unsegmented(err error) error {
	switch {
	case errors.Is(err, mixture.ErrNoMixture):
		return fmt.Errorf("%w: train one with --mix-k, such as --mix-k 8", err)
	case errors.Is(err, mixture.ErrNoLocations):
		return fmt.Errorf("%w: train one with the pair 1-7 in model.pairs", err)
	}
	return err
}
