package augment

import "github.com/amdim/amdim/internal/rng"

// choice is everything that chance decides about one view.
type choice struct {
	translate bool
	dx, dy    int
	jitter    bool
	factors   factors
	gray      bool
	box       rectangle // of the image; meaningless when the crop is off
	policy    [maxSteps]distortion
	alpha     [3]float64 // of the lighting
}

// choose makes the choices for view 0 or 1 of an h×w image. Policy and lighting
// were added later than the rest and have their own streams, so that earlier runs
// can still be repeated.
func (c Config) choose(h, w int, seed uint64, epoch, index int, view rng.Purpose) choice {
	s := rng.New(seed, epoch, index, rng.Augment1+view)
	v := c.draw(h, w, &s)
	if c.Lighting == 0 && c.Policy.Off() {
		return v
	}
	s = rng.New(seed, epoch, index, rng.Policy1+view)
	for k := range v.alpha {
		v.alpha[k] = c.Lighting * s.Normal()
	}
	v.policy = c.Policy.draw(&s)
	return v
}

// draw makes the choices for a view of an h×w image. Each operation makes its
// draws even when it is off, so that an ablation leaves the others alone; the
// crop, whose number of draws varies, comes last.
func (c Config) draw(h, w int, s *rng.Stream) choice {
	var v choice
	v.translate = s.Bool(c.Translate.P)
	v.dx = s.IntN(2*c.Translate.Max+1) - c.Translate.Max
	v.dy = s.IntN(2*c.Translate.Max+1) - c.Translate.Max
	v.jitter = s.Bool(c.Jitter.P)
	v.factors = c.Jitter.draw(s)
	v.gray = s.Bool(c.Gray)
	if !c.Crop.off() {
		v.box = c.Crop.draw(h, w, s)
	}
	return v
}

func (c JitterConfig) draw(s *rng.Stream) factors {
	f := factors{
		Brightness: s.Uniform(max(0, 1-c.Brightness), 1+c.Brightness),
		Contrast:   s.Uniform(max(0, 1-c.Contrast), 1+c.Contrast),
		Saturation: s.Uniform(max(0, 1-c.Saturation), 1+c.Saturation),
		Hue:        s.Uniform(-c.Hue, c.Hue),
		Order:      [4]colourOp{jitterBrightness, jitterContrast, jitterSaturation, jitterHue},
	}
	for i := len(f.Order) - 1; i > 0; i-- {
		j := s.IntN(i + 1)
		f.Order[i], f.Order[j] = f.Order[j], f.Order[i]
	}
	return f
}
