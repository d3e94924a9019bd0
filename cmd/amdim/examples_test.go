package main

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/config"
)

// Every spec in the documents begins as one that data.Open knows.
func TestDocumentsNameDataBySpecs(t *testing.T) {
	documents, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(documents) == 0 {
		t.Fatalf("%d documents, %v", len(documents), err)
	}
	spec := regexp.MustCompile(`--data(?: |, *"?)([\w/.][^ ",` + "`" + `)]*)`)
	for _, path := range append(documents, "../../README.md") {
		for _, found := range spec.FindAllStringSubmatch(read(t, path), -1) {
			known := func(kind string) bool { return strings.HasPrefix(found[1], kind) }
			if !slices.ContainsFunc(specKinds(), known) {
				t.Errorf("%s: %s is no spec", path, found[0])
			}
		}
	}
}

// Every example of the help is a command line that is understood, and its settings
// fit each other.
func TestHelpExamplesAreValid(t *testing.T) {
	for _, verb := range verbs(rootCommand()) {
		for example := range strings.Lines(strings.ReplaceAll(verb.Example, "\\\n", "")) {
			_, words, _ := strings.Cut(example, "amdim ") // behind a pipe, perhaps
			words, _, _ = strings.Cut(words, " | ")
			words, _, _ = strings.Cut(words, " > ")
			if err := understand(strings.Fields(words)); err != nil {
				t.Errorf("%s: %s: %v", verb.CommandPath(), strings.TrimSpace(example), err)
			}
		}
	}
}

// understand does what a command does before it looks at files.
func understand(words []string) error {
	c, words, err := rootCommand().Find(words)
	if err == nil {
		err = c.ParseFlags(words)
	}
	if err == nil {
		err = c.ValidateArgs(c.Flags().Args())
	}
	if err != nil || c.Flags().Lookup("preset") == nil || !c.Flags().Changed("preset") {
		return err
	}
	_, err = settingsGiven(c).apply(config.Config{}, c)
	return err
}

// settingsGiven are the flags of a command that make its settings.
func settingsGiven(c *cobra.Command) settingsFlags {
	text := func(name string) string {
		if f := c.Flags().Lookup(name); f != nil {
			return f.Value.String()
		}
		return ""
	}
	set, _ := c.Flags().GetStringArray("set")
	return settingsFlags{
		preset: text("preset"), file: text("config"), ablation: text("ablation"), set: set,
		augment: augmentFlags{text("augment"), text("policy")},
	}
}
