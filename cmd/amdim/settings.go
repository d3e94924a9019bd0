package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/config"
)

// settingsFlags make a config.Config: a preset or a stored configuration, then a
// file, the strength of augmentation, an ablation, a policy, then single keys, the later
// over the earlier.
type settingsFlags struct {
	preset, file string
	augment      augmentFlags
	ablation     string
	set          []string
}

// shortFlags stand for keys; kind is what --help shows of the value.
var shortFlags = []struct{ flag, key, kind, help string }{
	{"epochs", "train.epochs", "int",
		"passes over the images; the learning rate drops after 5/6 and 14/15 of them, rounded up to whole epochs " +
			"(below 6 never), unless train.drops is set"},
	{"batch", "train.batch", "int", "images per update, 32 to 1024; more images mean more negatives"},
	{"lr", "train.lr", "float",
		"learning rate, 1e-4 to 1e-3 (presets: 2e-4 to 1e-3); lower it if the loss diverges"},
	{"seed", "train.seed", "int", "seed of the weights, the order and every other random draw (presets: 1)"},
	{"mix-k", "model.mix.k", "int", "predict with a mixture of this many components of f1, such as 8; 0: none"},
	{"mix-tau", "model.mix.tau", "float",
		"how sharply a location chooses its component, 1 to 5 (default 2; below 1 all stay alike); needs --mix-k"},
	{"precision", "precision", "name", "bf16 or f32, or tf32 on a GPU (default: the faster); f32 when in doubt"},
}

// keyValue is the text of a short flag; the configuration types it.
type keyValue struct{ text, kind string }

func (v *keyValue) String() string     { return v.text }
func (v *keyValue) Set(s string) error { v.text = s; return nil }
func (v *keyValue) Type() string       { return v.kind }

// add adds the flags, but for those that a verb has in another form or no use for.
func (f *settingsFlags) add(c *cobra.Command, without ...string) {
	flags := c.Flags()
	flags.StringVar(&f.preset, "preset", "", "settings to start from: "+strings.Join(config.Presets(), ", "))
	flags.StringVar(&f.file, "config", "",
		"file of settings, such as a run's config.json; overrides --preset, and need not set every key")
	flags.StringVar(&f.augment.strength, "augment", "",
		"plain, or strong with smaller crops, jitter always, a policy, lighting (default: the preset's)")
	flags.StringVar(&f.augment.policy, "policy", "",
		"distortions before the crop: "+strings.Join(augment.Policies(), ", ")+", none, or a `FILE`")
	flags.StringArrayVar(&f.set, "set", nil,
		"a setting, such as model.ndf=128; overrides --preset and --config; may be repeated")
	if !slices.Contains(without, "ablation") {
		flags.StringVar(&f.ablation, "ablation", "",
			"change a part of the method: "+strings.Join(config.AblationNames(), ", "))
	}
	for _, s := range shortFlags {
		if !slices.Contains(without, s.flag) {
			flags.Var(&keyValue{kind: s.kind}, s.flag, s.help)
		}
	}
}

// named reports whether a configuration to start from is given.
func (f settingsFlags) named() bool { return f.preset != "" || f.file != "" }

// apply returns the configuration that the flags make of c.
func (f settingsFlags) apply(c config.Config, cmd *cobra.Command) (config.Config, error) {
	if f.preset != "" {
		var err error
		if c, err = config.Preset(f.preset); err != nil {
			return c, usageError{err}
		}
	}
	if f.file != "" {
		text, err := readText("--config", f.file, "file of settings")
		if err != nil {
			return c, err
		}
		if err := c.Merge(text); err != nil {
			return c, usagef("%s: %w", f.file, err)
		}
	}
	var err error
	if c.Augment, err = f.augment.apply(c.Augment); err != nil {
		return c, err
	}
	if f.ablation != "" {
		a, err := config.FindAblation(f.ablation)
		if err != nil {
			return c, usageError{err}
		}
		a.Apply(&c)
	}
	if c.Augment, err = f.augment.applyPolicy(c.Augment); err != nil { // an ablation may bring another
		return c, err
	}
	for _, assignment := range f.set {
		if err := c.Set(assignment); err != nil {
			return c, usagef("--set %s: %w", assignment, err)
		}
	}
	if err := f.applyShort(&c, cmd); err != nil {
		return c, err
	}
	if err := c.Validate(); err != nil {
		return c, usageError{err}
	}
	return c, nil
}

// sets reports whether a flag of its own, or --set, gives a value to a key.
func (f settingsFlags) sets(key string, cmd *cobra.Command) bool {
	for _, s := range shortFlags {
		if s.key == key && cmd.Flags().Changed(s.flag) {
			return true
		}
	}
	return slices.ContainsFunc(f.set, func(text string) bool { return config.Assigns(text, key) })
}

// applyShort sets the keys of the short flags. What --set sets as well has two values.
func (f settingsFlags) applyShort(c *config.Config, cmd *cobra.Command) error {
	for _, s := range shortFlags {
		v := cmd.Flags().Lookup(s.flag)
		if v == nil || !v.Changed {
			continue
		}
		for _, assignment := range f.set {
			if config.Assigns(assignment, s.key) {
				return usagef("--%s %s and --set %s: give one of them", s.flag, v.Value, assignment)
			}
		}
		if err := c.Set(s.key + "=" + v.Value.String()); err != nil {
			return usagef("--%s %s: %w", s.flag, v.Value, err)
		}
	}
	return nil
}

// maxText bounds a file that a flag names: a wrong path may name anything.
const maxText = 1 << 20

// readText reads the file that a flag names; what it is of is for errors.
func readText(flag, path, what string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", flag, err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxText+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", flag, err)
	}
	if len(text) > maxText {
		return nil, usagef("%s %s: more than %d bytes: not a %s", flag, path, maxText, what)
	}
	return text, nil
}
