package amdim

import (
	"context"
	"errors"
	"fmt"

	"github.com/amdim/amdim/classify"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/embedding"
	"github.com/amdim/amdim/engine/cpu"
)

// Classifier gives each of its Classes the probability that a vector, of Dim numbers, is of an
// image of it (the method Classify), and says how often it will be right (the field Estimate);
// Save keeps it in a file, which LoadClassifier reads: see [classify.Classifier].
type Classifier = classify.Classifier

// LoadClassifier reads a Classifier that Save wrote, which gives the same probabilities. A
// missing file is an error that wraps fs.ErrNotExist. Vectors to be classified must come from
// the network of its field Model: see [Model.CheckClassifier].
func LoadClassifier(path string) (*Classifier, error) {
	c, err := classify.Load(path)
	if err != nil {
		return nil, fmt.Errorf("amdim: load classifier: %w", err)
	}
	return c, nil
}

// Examples are the vectors of labelled images, to learn classes from: see
// [classify.Examples].
type Examples = classify.Examples

// EmbedLabelled returns the vectors and classes of labelled images, and the images that
// could not be read. Classes of "folder:DIR" are the folders in DIR, or in DIR/train if
// there are train and test, and then an empty split means train; spec and split are
// otherwise as for EmbedData. Images of other data that have no label are left out.
func (m *Model) EmbedLabelled(ctx context.Context, spec, split string) (Examples, []*Unreadable, error) {
	done, err := m.use()
	if err != nil {
		return Examples{}, nil, fmt.Errorf("amdim: embed: %w", err)
	}
	defer done()
	if err := ctx.Err(); err != nil {
		return Examples{}, nil, fmt.Errorf("amdim: embed: %w", err)
	}
	reading := data.Options{Side: m.transform.Source(), Context: ctx}
	labelled, split, err := data.OpenLabelled(spec, split, reading)
	if err != nil {
		return Examples{}, nil, fmt.Errorf("amdim: embed: %w", err)
	}
	set, bad, err := m.embedSet(ctx, labelled, embedding.Origin{Images: spec, Split: split})
	if err != nil {
		return Examples{}, bad, err
	}
	return examples(set, labelled), bad, nil
}

// examples are the vectors of labelled images with their labels. The classes of which no
// image could be read are Missing, and the others numbered anew.
func examples(set *Set, of data.Dataset) Examples {
	label := map[string]int{}
	for i := range of.Len() {
		label[data.Name(of, i)] = of.Label(i)
	}
	there := map[int]bool{}
	for _, name := range set.Names {
		there[label[name]] = true
	}
	x := Examples{Set: set}
	renumbered := map[int]int32{}
	for l, class := range of.Classes() {
		if !there[l] {
			x.Missing = append(x.Missing, class)
			continue
		}
		renumbered[l] = int32(len(x.Classes))
		x.Classes = append(x.Classes, class)
	}
	for _, name := range set.Names {
		x.Labels = append(x.Labels, renumbered[label[name]])
	}
	return x
}

// LearnClasses trains a classifier on labelled images; a few of each class are enough.
// others are vectors of images without labels, such as those to be classified, that
// dimensions are standardised by as well; nil: there are none. Pictures that were given
// several classes are Conflicts of the classifier, which learns nothing from them. Vectors of
// another network are an error that wraps ErrOtherNetwork; fewer than two classes, a class
// without an image, or without one that is in no other class, and labels that do not fit the
// Set are errors too.
func (m *Model) LearnClasses(ctx context.Context, x Examples, others *Set) (*Classifier, error) {
	done, err := m.use()
	if err != nil {
		return nil, fmt.Errorf("amdim: learn classes: %w", err)
	}
	defer done()
	if x.Set == nil {
		return nil, errors.New("amdim: learn classes: no labelled images are given")
	}
	if err := m.checkVectors(x.Set.Model, x.Set.Dim); err != nil {
		return nil, fmt.Errorf("amdim: learn classes: %w", err)
	}
	// In float32 whatever the model's precision: vectors are not to be rounded again.
	e, err := cpu.New(cpu.Config{Precision: "f32", Threads: m.options.Threads})
	if err != nil {
		return nil, fmt.Errorf("amdim: learn classes: %w", err)
	}
	defer e.Close()
	c, err := classify.Learn(ctx, e, x, others)
	if err != nil {
		return nil, fmt.Errorf("amdim: learn classes: %w", err)
	}
	return c, nil
}
