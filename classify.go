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

// Classifier says how probable each of its Classes is for an image, given the image's vector of
// Dim numbers (the method Classify), and how often it is right (the field Estimate). Save keeps it
// in a file, which LoadClassifier reads: see [classify.Classifier].
type Classifier = classify.Classifier

// LoadClassifier reads a Classifier that Save wrote; it gives the same probabilities as the one
// that was saved. If there is no file, the error wraps fs.ErrNotExist. Classify only vectors of
// the network that the field Model names: see [Model.CheckClassifier].
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

// EmbedLabelled returns the vectors and classes of labelled images, and the images that could not
// be read. spec and split are as for EmbedData. The classes of "folder:DIR" are the folders in
// DIR. If DIR has folders train and test, they are those in DIR/train, and an empty split means
// train. Images of other data that have no label are left out.
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

// LearnClasses trains a classifier on labelled images; a few of each class are enough. others are
// vectors of images without labels, such as those to be classified: dimensions are standardised by
// them too; nil: there are none. Nothing is learnt from a picture that is in several classes; the
// classifier lists it under Conflicts.
//
// Vectors of another network are an error that wraps ErrOtherNetwork. It is also an error if there
// are fewer than two classes, if a class has no image or only images that are in other classes
// too, or if labels do not fit the Set.
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
