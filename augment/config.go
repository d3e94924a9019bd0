package augment

import "fmt"

// Config says how views are made. The zero value switches every operation off:
// a view is then the test transform at 32 px.
type Config struct {
	Size      int             `json:"size"`      // side of a view in pixels; 0 means 32
	Resize    int             `json:"resize"`    // shorter side before the test transform's crop; 0: Size
	Flip      float64         `json:"flip"`      // probability that both views are mirrored
	Translate TranslateConfig `json:"translate"` // after the crop
	Crop      CropConfig      `json:"crop"`      // off: the test transform is used instead
	Jitter    JitterConfig    `json:"jitter"`
	Gray      float64         `json:"gray"`               // probability of grayscale
	SameView  bool            `json:"same_view,omitzero"` // both views are the same picture
	Policy    PolicyConfig    `json:"policy,omitzero"`    // of distortions, before the crop
	Lighting  float64         `json:"lighting,omitzero"`  // deviation of the principal components, added last
	Mean      [3]float64      `json:"mean"`               // of R, G and B in [0, 1], for the network's input
	Std       [3]float64      `json:"std"`                // their deviations; views themselves stay 8-bit
}

// TranslateConfig moves a view by up to Max pixels in each direction with
// probability P, the border mirrored. Zero is off.
type TranslateConfig struct {
	P   float64 `json:"p"`
	Max int     `json:"max"`
}

// CropConfig crops a random box of the image and resizes it to the view. Zero is off.
type CropConfig struct {
	Scale [2]float64 `json:"scale"` // least and largest area, as a fraction of the image's
	Ratio [2]float64 `json:"ratio"` // least and largest width over height
}

// JitterConfig changes colours with probability P: brightness, contrast and
// saturation by a factor in 1 ± the value (at least 0), hue by ± the value of a
// full circle, in random order. A zero value leaves that operation out.
type JitterConfig struct {
	P          float64 `json:"p"`
	Brightness float64 `json:"brightness"`
	Contrast   float64 `json:"contrast"`
	Saturation float64 `json:"saturation"`
	Hue        float64 `json:"hue"`
}

// Validate returns an error that names the first field out of range.
func (c Config) Validate() error {
	for _, f := range []struct {
		name      string
		v, lo, hi float64
	}{
		{"size", float64(c.Size), 0, maxSide},
		{"flip", c.Flip, 0, 1},
		{"translate.p", c.Translate.P, 0, 1},
		{"translate.max", float64(c.Translate.Max), 0, float64(c.size() - 1)},
		{"jitter.p", c.Jitter.P, 0, 1},
		{"jitter.brightness", c.Jitter.Brightness, 0, maxFactor},
		{"jitter.contrast", c.Jitter.Contrast, 0, maxFactor},
		{"jitter.saturation", c.Jitter.Saturation, 0, maxFactor},
		{"jitter.hue", c.Jitter.Hue, 0, 0.5},
		{"gray", c.Gray, 0, 1},
		{"lighting", c.Lighting, 0, 1},
	} {
		if !(f.lo <= f.v && f.v <= f.hi) {
			return fmt.Errorf("augment: %s = %g is not in [%g, %g]", f.name, f.v, f.lo, f.hi)
		}
	}
	if r := c.resize(); r < c.size() || r > maxSide {
		return fmt.Errorf("augment: resize = %d is not in [%d, %d]", r, c.size(), maxSide)
	}
	if err := c.Policy.Validate(); err != nil {
		return fmt.Errorf("augment: %w", err)
	}
	return c.Crop.validate()
}

const (
	maxSide   = 4096 // of a view, in pixels: catches typing errors, not a limit of the code
	maxFactor = 10   // of a colour operation, likewise
)

func (c CropConfig) validate() error {
	if c.off() {
		return nil
	}
	if !(0 < c.Scale[0] && c.Scale[0] <= c.Scale[1] && c.Scale[1] <= 1) {
		return fmt.Errorf("augment: crop.scale = %g needs 0 < least ≤ largest ≤ 1", c.Scale)
	}
	if !(0 < c.Ratio[0] && c.Ratio[0] <= c.Ratio[1] && c.Ratio[1] <= maxFactor) {
		return fmt.Errorf("augment: crop.ratio = %g needs 0 < least ≤ largest ≤ %d", c.Ratio, maxFactor)
	}
	return nil
}

func (c CropConfig) off() bool { return c == CropConfig{} }

func (c Config) size() int {
	if c.Size == 0 {
		return 32
	}
	return c.Size
}

// Source is the shorter side at which an image is large enough for views to lose
// nothing visible: twice what the test transform resizes to. Larger images may be
// reduced to it beforehand.
func (c Config) Source() int { return 2 * c.resize() }

func (c Config) resize() int {
	if c.Resize == 0 {
		return c.size()
	}
	return c.Resize
}
