package config

import (
	"fmt"
	"strings"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/internal/spelling"
	"github.com/amdim/amdim/model"
)

// Ablation is one change to the method that the paper measures (PAPER 7.4).
type Ablation struct {
	Name  string
	What  string // in a few words
	apply func(*Config)
}

// Apply makes the change to c.
func (a Ablation) Apply(c *Config) { a.apply(c) }

var ablations = []Ablation{
	{"full", "the method as it is", func(*Config) {}},
	{"strong", "smaller crops, jitter always, a policy, lighting", func(c *Config) {
		c.Augment = c.Augment.Strong()
	}},
	{"no-jitter", "colours are not jittered", func(c *Config) { c.Augment.Jitter = augment.JitterConfig{} }},
	{"no-gray", "no view is made gray", func(c *Config) { c.Augment.Gray = 0 }},
	{"no-crop", "views are neither cropped nor moved", func(c *Config) {
		c.Augment.Crop, c.Augment.Translate = augment.CropConfig{}, augment.TranslateConfig{}
	}},
	{"no-multiscale", "f1 predicts f7 alone", func(c *Config) { c.Model.Pairs = localDIM() }},
	{"no-stabilizers", "neither penalty nor clip of the scores", func(c *Config) {
		c.Model.Lambda, c.Model.TClip = 0, 0
	}},
	{"same-view", "local DIM: f1 predicts f7 of the same view", func(c *Config) {
		c.Augment.SameView, c.Model.Pairs = true, localDIM()
	}},
}

// localDIM is the one task of Deep InfoMax with local features, the method's
// ancestor: Hjelm et al. 2019, arXiv 1808.06670.
func localDIM() []model.Pair { return []model.Pair{{From: 1, To: 7}} }

// Ablations returns all ablations, in the order of the paper's table.
func Ablations() []Ablation { return ablations }

// AblationNames returns the names that FindAblation knows.
func AblationNames() []string {
	names := make([]string, len(ablations))
	for i, a := range ablations {
		names[i] = a.Name
	}
	return names
}

// FindAblation returns the ablation with a given name.
func FindAblation(name string) (Ablation, error) {
	for _, a := range ablations {
		if a.Name == name {
			return a, nil
		}
	}
	if near, ok := spelling.Nearest(name, AblationNames()); ok {
		return Ablation{}, fmt.Errorf("config: unknown ablation %q: did you mean %q?", name, near)
	}
	return Ablation{}, fmt.Errorf("config: unknown ablation %q, need one of %s",
		name, strings.Join(AblationNames(), ", "))
}
