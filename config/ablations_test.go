package config_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/config"
)

func TestAnAblationChangesWhatItNamesAlone(t *testing.T) {
	want := map[string][]string{
		"full":           nil,
		"strong":         {"augment.crop", "augment.jitter", "augment.policy", "augment.lighting"},
		"no-jitter":      {"augment.jitter"},
		"no-gray":        {"augment.gray"},
		"no-crop":        {"augment.crop", "augment.translate"},
		"no-multiscale":  {"model.pairs"},
		"no-stabilizers": {"model.lambda", "model.tclip"},
		"same-view":      {"augment.same_view", "model.pairs"},
	}
	for _, preset := range config.Presets() {
		for _, a := range config.Ablations() {
			was, err := config.Preset(preset)
			if err != nil {
				t.Fatal(err)
			}
			now := was
			a.Apply(&now)
			if err := now.Validate(); err != nil {
				t.Errorf("%s of %s: %v", a.Name, preset, err)
			}
			for _, d := range config.Diff(was, now) {
				if !slices.ContainsFunc(want[a.Name], func(key string) bool { return strings.HasPrefix(d.Key, key) }) {
					t.Errorf("%s of %s changes %s from %s to %s", a.Name, preset, d.Key, d.A, d.B)
				}
			}
			if same := len(config.Diff(was, now)) == 0; same != (a.Name == "full") {
				t.Errorf("%s of %s changes nothing: %t", a.Name, preset, same)
			}
		}
	}
}

func TestStrongKeepsAChosenPolicy(t *testing.T) {
	strong, err := config.FindAblation("strong")
	if err != nil {
		t.Fatal(err)
	}
	c := config.Demo()
	c.Augment.Policy = augment.PolicyConfig{Name: "randaugment", N: 2, M: 5}
	want := c
	want.Augment = c.Augment.Strong()
	want.Augment.Policy = c.Augment.Policy
	if strong.Apply(&c); len(config.Diff(c, want)) > 0 {
		t.Errorf("differs in %v", config.Diff(c, want))
	}
}

func TestAnUnknownAblationIsAnsweredByTheNearest(t *testing.T) {
	for name, want := range map[string]string{
		"no-grey": `did you mean "no-gray"`,
		"dropout": "need one of full, strong, no-jitter",
	} {
		if _, err := config.FindAblation(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", name, err, want)
		}
	}
}
