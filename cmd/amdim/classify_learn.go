package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim"
	"github.com/amdim/amdim/classify"
	"github.com/amdim/amdim/embedding"
	"github.com/amdim/amdim/internal/spelling"
)

// examples are the labelled images, none where a classifier was kept; that of another network,
// like an index, is refused.
func (s *classifying) examples(
	c *cobra.Command, m *amdim.Model, r *classification,
) (examples amdim.Examples, err error) {
	if s.kept != nil {
		if err := checkKept(s.kept, s.classifier, m, s.model); err != nil {
			return examples, err
		}
		return examples, s.checkIndex(s.kept.Model)
	}
	var bad []*amdim.Unreadable
	examples, bad, err = m.EmbedLabelled(c.Context(), s.labelled, "")
	s.bar.finish()
	s.note(c, s.labelled, bad)
	r.UnreadableLabelled = unreadables(bad)
	if err != nil {
		return examples, err
	}
	noteMissing(c.ErrOrStderr(), examples.Missing)
	return examples, s.checkIndex(examples.Set.Model)
}

// checkKept refuses a classifier, kept in file, of another network than m, which run names.
func checkKept(kept *amdim.Classifier, file string, m *amdim.Model, run string) error {
	if err := m.CheckClassifier(kept); err != nil {
		return fmt.Errorf("--classifier %s was not learnt from vectors of %s: %w", file, run, err)
	}
	return nil
}

// checkIndex refuses an index of another network.
func (s *classifying) checkIndex(of embedding.Origin) error {
	if s.indexed == nil {
		return nil
	}
	if err := of.CheckSame(s.indexed.Model); err != nil {
		return fmt.Errorf("--index %s does not hold vectors of %s: %w", s.index, s.model, err)
	}
	return nil
}

// learn learns classes from the examples, and from the others how vectors vary.
func (s *classifying) learn(
	c *cobra.Command, m *amdim.Model, examples amdim.Examples, others *amdim.Set,
) (*amdim.Classifier, error) {
	fmt.Fprintf(c.ErrOrStderr(), "learning %d classes from %s\n", len(examples.Classes),
		spelling.Count(examples.Set.Len(), "image"))
	learnt, err := m.LearnClasses(c.Context(), examples, others)
	if err != nil {
		return nil, err
	}
	noteConflicts(c.ErrOrStderr(), learnt.Conflicts)
	return learnt, nil
}

// shownConflicts is how many pictures of several classes are named.
const shownConflicts = 3

// noteMissing names the classes of which there is no image.
func noteMissing(w io.Writer, classes []string) {
	for _, class := range classes {
		note(w, "class %q is left out: none of its images can be read", class)
	}
}

// noteConflicts names the first pictures that were given several classes.
func noteConflicts(w io.Writer, conflicts []classify.Conflict) {
	if len(conflicts) == 0 {
		return
	}
	are, them := "pictures are", "them"
	if len(conflicts) == 1 {
		are, them = "picture is", "it"
	}
	var named []string
	for _, x := range conflicts[:min(len(conflicts), shownConflicts)] {
		var copies []string
		for i, name := range x.Images[:min(len(x.Images), shownConflicts)] {
			copies = append(copies, fmt.Sprintf("%q in %q", name, x.Classes[i]))
		}
		if more := len(x.Images) - shownConflicts; more > 0 {
			copies = append(copies, fmt.Sprintf("%d more", more))
		}
		named = append(named, strings.Join(copies, " = "))
	}
	text := strings.Join(named, "; ")
	if more := len(conflicts) - shownConflicts; more > 0 {
		text += fmt.Sprintf("; and %d more: --json names all", more)
	}
	note(w, "%s %s in several classes, so nothing is learnt from %s: %s",
		spelling.Grouped(len(conflicts)), are, them, text)
}
