package augment

import (
	"math"
	"strings"
	"testing"
)

func TestValidateNamesTheField(t *testing.T) {
	for _, c := range []struct {
		field  string
		change func(*Config)
	}{
		{"size", func(c *Config) { c.Size = -1 }},
		{"resize", func(c *Config) { c.Resize = 63 }},
		{"flip", func(c *Config) { c.Flip = math.NaN() }},
		{"translate.p", func(c *Config) { c.Translate.P = 1.1 }},
		{"translate.max", func(c *Config) { c.Translate.Max = 64 }},
		{"crop.scale", func(c *Config) { c.Crop.Scale = [2]float64{0, 1} }},
		{"crop.scale", func(c *Config) { c.Crop.Scale = [2]float64{0.3, 1.1} }},
		{"crop.ratio", func(c *Config) { c.Crop.Ratio = [2]float64{1.4, 0.7} }},
		{"jitter.p", func(c *Config) { c.Jitter.P = -0.1 }},
		{"jitter.brightness", func(c *Config) { c.Jitter.Brightness = -1 }},
		{"jitter.contrast", func(c *Config) { c.Jitter.Contrast = math.Inf(1) }},
		{"jitter.saturation", func(c *Config) { c.Jitter.Saturation = -1 }},
		{"jitter.hue", func(c *Config) { c.Jitter.Hue = 0.6 }},
		{"gray", func(c *Config) { c.Gray = 2 }},
	} {
		config := STL10()
		c.change(&config)
		err := config.Validate()
		if err == nil || !strings.Contains(err.Error(), " "+c.field+" ") {
			t.Errorf("%s out of range: error %v", c.field, err)
		}
	}
}

func TestPresetsAreValid(t *testing.T) {
	for _, c := range []Config{{}, CIFAR(), STL10(), ImageNet()} {
		if err := c.Validate(); err != nil {
			t.Error(err)
		}
	}
	for _, px := range []int{32, 64, 128} {
		if c := preset(t, px); c.Size != px {
			t.Errorf("preset for %d px makes %d px", px, c.Size)
		}
	}
	if _, ok := ForSize(33); ok {
		t.Error("a preset for 33 px")
	}
}
