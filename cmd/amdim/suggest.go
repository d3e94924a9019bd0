package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/amdim/amdim/internal/spelling"
)

// wrongFlag is the error of a command line that a verb's flags do not allow; it
// names the flag that may have been meant.
func wrongFlag(c *cobra.Command, err error) error {
	see := fmt.Sprintf("(see %s --help)", c.CommandPath())
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() == "" {
		if near, ok := nearestFlag(c, unknown.GetSpecifiedName()); ok {
			return usagef("%s: unknown flag --%s: did you mean --%s? %s",
				c.Name(), unknown.GetSpecifiedName(), near, see)
		}
	}
	if errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() != "" && strings.Contains(c.Use, "…") {
		see = "(a file whose name begins with - is written ./-…; " + see[1:]
	}
	return usagef("%s: %w %s", c.Name(), err, see)
}

// nearestFlag also finds a flag of which the word is the beginning or a part.
func nearestFlag(c *cobra.Command, word string) (string, bool) {
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	if near, ok := spelling.Nearest(word, names); ok {
		return near, true
	}
	i := slices.IndexFunc(names, func(n string) bool {
		return len(word) > 2 && slices.Contains(strings.Split(n, "-"), word) || strings.HasPrefix(n, word)
	})
	if i < 0 {
		return "", false
	}
	return names[i], true
}

// otherNames are what other programs call our verbs.
var otherNames = map[string]string{
	"train": "pretrain", "fit": "pretrain", "evaluate": "eval", "test": "eval", "check": "data",
	"encode": "embed", "features": "embed", "find": "search", "predict": "classify", "label": "classify",
	"query": "search", "show": "inspect",
}

// wrongVerb is the error of a word that is no verb of c.
func wrongVerb(c *cobra.Command, word string) error {
	var names []string
	for _, verb := range c.Commands() {
		if !verb.Hidden {
			names = append(names, verb.Name())
		}
	}
	lower := strings.ToLower(word)
	meant, ok := spelling.Nearest(lower, names)
	if other := otherNames[lower]; !ok && slices.Contains(names, other) {
		meant, ok = other, true
	}
	for _, name := range names {
		if !ok && len(lower) > 1 && strings.HasPrefix(name, lower) {
			meant, ok = name, true
		}
	}
	if !ok {
		return usagef("unknown command %q (see %s --help)", word, c.CommandPath())
	}
	return usagef("unknown command %q: did you mean %q?", word, c.CommandPath()+" "+meant)
}
