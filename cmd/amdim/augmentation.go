package main

import (
	"errors"
	"io/fs"
	"strings"

	"github.com/amdim/amdim/augment"
)

// augmentFlags choose how strong augmentation is.
type augmentFlags struct{ strength, policy string }

// apply returns c with the strength that is asked for.
func (f augmentFlags) apply(c augment.Config) (augment.Config, error) {
	switch f.strength {
	case "":
	case "strong":
		c = c.Strong()
	case "plain":
		plain, ok := augment.ForSize(c.Size)
		if !ok {
			return c, usagef("--augment plain: there is none for augment.size = %d, need 32, 64 or 128", c.Size)
		}
		plain.Mean, plain.Std = c.Mean, c.Std
		c = plain
	default:
		return c, usagef("--augment %s: need plain or strong", f.strength)
	}
	return c, nil
}

// applyPolicy returns c with the policy that is asked for.
func (f augmentFlags) applyPolicy(c augment.Config) (_ augment.Config, err error) {
	if f.policy != "" {
		c.Policy, err = readPolicy(f.policy)
	}
	return c, err
}

// readPolicy returns the built-in policy of a name, or that in a file.
func readPolicy(name string) (augment.PolicyConfig, error) {
	builtIn, unknown := augment.Policy(name)
	if unknown == nil {
		return builtIn, nil
	}
	text, err := readText("--policy", name, "policy")
	if isPath := strings.ContainsAny(name, `./\`); errors.Is(err, fs.ErrNotExist) && !isPath {
		return builtIn, usagef("--policy %s: %w; or name a file", name, unknown)
	}
	if err != nil {
		return builtIn, err
	}
	p, err := augment.ParsePolicy(text)
	if err != nil {
		return p, usagef("--policy %s: %w", name, err)
	}
	return p, nil
}
