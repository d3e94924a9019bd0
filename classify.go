package amdim

import (
	"context"
	"fmt"

	"github.com/amdim/amdim/classify"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/embedding"
	"github.com/amdim/amdim/engine/cpu"
)

// Classifier gives each of its classes the probability that a vector is of an image of
// it (Classify), and says how often it will be right (Estimate).
type Classifier = classify.Classifier

// LearnClasses trains a classifier on labelled images, a spec and a split as for
// EmbedData: those in the folders of "folder:DIR" are of classes named like these. A few
// images of each class are enough. others are vectors of images without labels, such as
// those to be classified: they improve it, and may be nil. Images that cannot be read are
// returned, and those of no class left out.
func (m *Model) LearnClasses(
	ctx context.Context, spec, split string, others *Set,
) (*Classifier, []*Unreadable, error) {
	done, err := m.use()
	if err != nil {
		return nil, nil, fmt.Errorf("amdim: learn classes: %w", err)
	}
	defer done()
	all, split, err := data.OpenSplit(spec, split, data.Options{Side: m.transform.Source()})
	if err != nil {
		return nil, nil, fmt.Errorf("amdim: learn classes: %w", err)
	}
	if len(all.Classes()) < 2 {
		return nil, nil, fmt.Errorf("amdim: learn classes: %s has no classes to tell apart: "+
			"a folder needs at least two folders of images inside it, one per class", spec)
	}
	labelled := data.Select(all, func(i int) bool { return all.Label(i) >= 0 })
	if labelled.Len() == 0 {
		return nil, nil, fmt.Errorf("amdim: learn classes: no image of %s has a label", spec)
	}
	set, bad, err := m.embedSet(ctx, labelled, embedding.Origin{Images: spec, Split: split})
	if err != nil {
		return nil, bad, err
	}
	c, err := m.learn(ctx, examples(set, labelled), others)
	return c, bad, err
}

// examples are the vectors of labelled images with their labels. Classes of which no
// image can be read are left out.
func examples(set *Set, of data.Dataset) classify.Examples {
	label := map[string]int{}
	for i := range of.Len() {
		label[data.Name(of, i)] = of.Label(i)
	}
	x := classify.Examples{Set: set}
	there := map[int]bool{}
	for _, name := range set.Names {
		there[label[name]] = true
	}
	renumbered := map[int]int32{}
	for l, class := range of.Classes() {
		if there[l] {
			renumbered[l] = int32(len(x.Classes))
			x.Classes = append(x.Classes, class)
		}
	}
	for _, name := range set.Names {
		x.Labels = append(x.Labels, renumbered[label[name]])
	}
	return x
}

// learn trains a classifier in float32, in which vectors are not rounded again.
func (m *Model) learn(ctx context.Context, x classify.Examples, others *Set) (*Classifier, error) {
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
