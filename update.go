package amdim

import (
	"context"
	"errors"
	"fmt"

	"github.com/amdim/amdim/data"
)

// UpdateSet brings a Set up to date: it returns a Set of the images that old.Model names, as they
// are now, and the images that cannot be read, as EmbedData does. It computes only the vectors of
// images that were added or written anew. The vector of an image whose Version is the same is
// copied from old.
//
// The Version of a file is its size and time; a file whose Version is the same is not opened, even
// if it can no longer be read. For data that are not files, such as CIFAR-10 or a pack, and for a Set
// without Versions, every vector is computed. If old was computed by another engine or precision, old and
// new vectors differ as those of two engines do, and Model.Engine is empty.
//
// A Set that does not say which images or which network it is of is an error; one of another
// network is ErrOtherNetwork. old does not change, and the new Set shares no memory with it.
func (m *Model) UpdateSet(ctx context.Context, old *Set) (*Set, []*Unreadable, error) {
	s, _, bad, err := m.updateWith(ctx, old, data.OpenSplit)
	if err != nil {
		return nil, bad, fmt.Errorf("amdim: update set: %w", err)
	}
	return s, bad, nil
}

// UpdateLabelled brings what EmbedLabelled returned up to date, as UpdateSet does a Set: images may
// have been added, removed or put into the folders of other classes.
func (m *Model) UpdateLabelled(ctx context.Context, old Examples) (Examples, []*Unreadable, error) {
	if old.Set == nil {
		return Examples{}, nil, errors.New("amdim: update labelled images: none are given")
	}
	set, labelled, bad, err := m.updateWith(ctx, old.Set, data.OpenLabelled)
	if err != nil {
		return Examples{}, bad, fmt.Errorf("amdim: update labelled images: %w", err)
	}
	return examples(set, labelled), bad, nil
}

// updateWith returns the images that open finds too.
func (m *Model) updateWith(
	ctx context.Context, old *Set, open func(string, string, data.Options) (data.Dataset, string, error),
) (*Set, data.Dataset, []*Unreadable, error) {
	done, err := m.use()
	if err != nil {
		return nil, nil, nil, err
	}
	defer done()
	if err := m.checkUpdate(old); err != nil {
		return nil, nil, nil, err
	}
	reading := data.Options{Side: m.transform.Source(), Context: ctx}
	images, _, err := open(old.Model.Images, old.Model.Split, reading)
	if err != nil {
		return nil, nil, nil, err
	}
	s, bad, err := m.update(ctx, old, images)
	return s, images, bad, err
}

func (m *Model) checkUpdate(old *Set) error {
	if err := old.Validate(); err != nil {
		return err
	}
	switch {
	case old.Model.Images == "":
		return errors.New("the set does not say which images it is of, as one of EmbedFolder or EmbedData does")
	case old.Model.Checkpoint == "":
		return errors.New("the set does not say which network it is of: embed the images again")
	}
	if err := m.checkVectors(old.Model, old.Dim); err != nil {
		return fmt.Errorf("model %s: %w", m.path, err)
	}
	return nil
}

// update is UpdateSet of images that are open.
func (m *Model) update(ctx context.Context, old *Set, images data.Dataset) (*Set, []*Unreadable, error) {
	rows := rowsByName(old)
	stays := func(i int) (row int, ok bool) {
		row, ok = rows[data.Name(images, i)]
		return row, ok && old.Version(row) != "" && old.Version(row) == data.ImageVersion(images, i)
	}
	others := data.Select(images, func(i int) bool { _, ok := stays(i); return !ok })
	fresh, bad := &Set{Model: old.Model}, []*Unreadable(nil)
	if others.Len() > 0 {
		var err error
		if fresh, bad, err = m.encodeSet(ctx, others); err != nil {
			return nil, nil, err
		}
	}
	computed := rowsByName(fresh)
	s := &Set{Dim: m.Dim(), X: make([]float32, 0, images.Len()*m.Dim())}
	for i := range images.Len() {
		if row, ok := stays(i); ok {
			take(s, old, row)
		} else if row, ok := computed[data.Name(images, i)]; ok {
			take(s, fresh, row)
		}
	}
	s.Versions, s.Model = known(s.Versions), old.Model
	switch {
	case fresh.Len() == s.Len():
		s.Model.Engine = fresh.Model.Engine
	case fresh.Len() > 0 && fresh.Model.Engine != old.Model.Engine:
		s.Model.Engine = ""
	}
	return s, bad, m.checkSet(s, bad)
}

func rowsByName(s *Set) map[string]int {
	rows := make(map[string]int, s.Len())
	for i, name := range s.Names {
		rows[name] = i
	}
	return rows
}

// take appends a row of from to s.
func take(s, from *Set, row int) {
	s.Names = append(s.Names, from.Names[row])
	s.X = append(s.X, from.Row(row)...)
	s.Versions = append(s.Versions, from.Version(row))
}
