package main

import (
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"strings"

	"github.com/amdim/amdim"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/internal/spelling"
	"github.com/amdim/amdim/serve"
)

// labelling is the labelled images that a server learns classes from.
type labelling struct {
	spec     string
	model    *amdim.Model
	out      io.Writer // for notes
	bar      *counter
	embedded amdim.Examples // as they were at the last look
	learnt   amdim.Examples // that the classes are of
	noted    string         // what was last noted, which is not said again of each look
}

// learn learns the classes of an offer from the images as they are now. Only vectors of images that
// were added or written anew are computed again.
func (l *labelling) learn(ctx context.Context, o *serve.Offer) error {
	examples, bad, err := l.embed(ctx)
	l.bar.finish()
	var notes strings.Builder
	noteUnreadable(&notes, bad, typed("data", "check", l.spec, "--json"))
	if err == nil {
		l.embedded = examples
		noteMissing(&notes, examples.Missing)
		err = l.learnFrom(ctx, examples, o)
	}
	if err == nil {
		l.learnt = examples
		noteConflicts(&notes, o.Classifier.Conflicts)
	}
	if said := notes.String(); said != l.noted {
		io.WriteString(l.out, said)
		l.noted = said
	}
	if err != nil {
		return fmt.Errorf("--labelled: %w", err)
	}
	return nil
}

func (l *labelling) embed(ctx context.Context) (amdim.Examples, []*amdim.Unreadable, error) {
	if l.embedded.Set == nil {
		return l.model.EmbedLabelled(ctx, l.spec, "")
	}
	return l.model.UpdateLabelled(ctx, l.embedded)
}

// relearn learns the classes of an offer whose index is another one: it shows how vectors vary.
func (l *labelling) relearn(ctx context.Context, o *serve.Offer) error {
	if err := l.learnFrom(ctx, l.learnt, o); err != nil {
		return fmt.Errorf("--labelled: %w", err)
	}
	return nil
}

func (l *labelling) learnFrom(ctx context.Context, examples amdim.Examples, o *serve.Offer) error {
	var others *amdim.Set
	if o.Index != nil {
		others = o.Index.Set()
	}
	learnt, err := l.model.LearnClasses(ctx, examples, others)
	if err == nil {
		o.Classifier = learnt
	}
	return err
}

// take is that of watched.
func (l *labelling) take(ctx context.Context, o *serve.Offer) (what string, err error) {
	if err := l.learn(ctx, o); err != nil {
		return "", err
	}
	right := ""
	if e := o.Classifier.Estimate; e.Images > 0 {
		right = fmt.Sprintf(" (%.1f %% right in cross-validation)", 100*e.Accuracy)
	}
	return fmt.Sprintf("classes: %d learnt from %s%s", len(o.Classifier.Classes),
		spelling.Count(o.Classifier.Images, "labelled image"), right), nil
}

// sorted reports whether the images are in a folder, where people sort them while a server runs.
// Other data stay as they are.
func (l *labelling) sorted() bool { return strings.HasPrefix(l.spec, "folder:") }

// state tells states of the folder apart.
func (l *labelling) state(ctx context.Context) string {
	set, _, err := data.OpenLabelled(l.spec, "", data.Options{Context: ctx})
	if err != nil {
		return err.Error()
	}
	sum := fnv.New128a()
	for i := range set.Len() {
		fmt.Fprintf(sum, "%q %q\n", data.Name(set, i), data.ImageVersion(set, i))
	}
	return fmt.Sprintf("%x", sum.Sum(nil))
}
