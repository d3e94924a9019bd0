package amdim

import (
	"context"
	"errors"
	"fmt"

	"github.com/amdim/amdim/data"
)

// Changes says what UpdateSet has done, in images.
type Changes struct {
	Added int `json:"added"`
	Again int `json:"again"` // computed again: written anew, or it is not known when
	Gone  int `json:"gone"`  // or cannot be read; of rows with one name, all but one are
	Kept  int `json:"kept"`
}

// UpdateSet brings a Set up to date: it returns a Set of the images that old.Model names, as they
// are now, what it has done, and the images that cannot be read, as EmbedData does. It computes
// only the vectors of images that were added or written anew. The vector of an image whose Version
// is the same is copied from old.
//
// The Version of a file is its size and time; a file whose Version is the same is not opened, even
// if it can no longer be read. For data that are not files, such as CIFAR-10 or a pack, and for a Set
// without Versions, every vector is computed. If old was computed by another engine or precision, old and
// new vectors differ as those of two engines do, and Model.Engine is empty.
//
// A Set that does not say which images or which network it is of is an error; one of another
// network is ErrOtherNetwork. old does not change, and the new Set shares no memory with it.
func (m *Model) UpdateSet(ctx context.Context, old *Set) (*Set, Changes, []*Unreadable, error) {
	u, err := m.updateWith(ctx, old, data.OpenSplit)
	if err != nil {
		return nil, Changes{}, u.bad, fmt.Errorf("amdim: update set: %w", err)
	}
	return u.set, u.did, u.bad, nil
}

// UpdateLabelled brings what EmbedLabelled returned up to date, as UpdateSet does a Set: images may
// have been added, removed or put into the folders of other classes.
func (m *Model) UpdateLabelled(ctx context.Context, old Examples) (Examples, []*Unreadable, error) {
	if old.Set == nil {
		return Examples{}, nil, errors.New("amdim: update labelled images: none are given")
	}
	u, err := m.updateWith(ctx, old.Set, data.OpenLabelled)
	if err != nil {
		return Examples{}, u.bad, fmt.Errorf("amdim: update labelled images: %w", err)
	}
	return examples(u.set, u.images), u.bad, nil
}

// updated is a Set that was brought up to date.
type updated struct {
	set    *Set
	did    Changes
	bad    []*Unreadable
	images data.Dataset
}

func (m *Model) updateWith(
	ctx context.Context, old *Set, open func(string, string, data.Options) (data.Dataset, string, error),
) (u updated, _ error) {
	done, err := m.use()
	if err != nil {
		return u, err
	}
	defer done()
	if err := m.checkUpdate(old); err != nil {
		return u, err
	}
	reading := data.Options{Side: m.transform.Source(), Context: ctx}
	if u.images, _, err = open(old.Model.Images, old.Model.Split, reading); err != nil {
		return u, err
	}
	err = m.update(ctx, old, &u)
	return u, err
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

// update sets u from its images, which are open.
func (m *Model) update(ctx context.Context, old *Set, u *updated) (err error) {
	rows := rowsByName(old)
	stays := func(i int) (row int, ok bool) {
		row, ok = rows[data.Name(u.images, i)]
		return row, ok && old.Version(row) != "" && old.Version(row) == data.ImageVersion(u.images, i)
	}
	others := data.Select(u.images, func(i int) bool { _, ok := stays(i); return !ok })
	fresh := &Set{Model: old.Model}
	if others.Len() > 0 {
		if fresh, u.bad, err = m.encodeSet(ctx, others); err != nil {
			return err
		}
	}
	computed := rowsByName(fresh)
	s := &Set{Dim: m.Dim(), X: make([]float32, 0, u.images.Len()*m.Dim())}
	for i := range u.images.Len() {
		name := data.Name(u.images, i)
		if row, ok := stays(i); ok {
			take(s, old, row)
			u.did.Kept++
		} else if row, ok := computed[name]; ok {
			take(s, fresh, row)
			if _, was := rows[name]; was {
				u.did.Again++
			} else {
				u.did.Added++
			}
		}
	}
	u.did.Gone = old.Len() - u.did.Kept - u.did.Again
	s.Versions, s.Model = known(s.Versions), old.Model
	switch {
	case fresh.Len() == s.Len():
		s.Model.Engine = fresh.Model.Engine
	case fresh.Len() > 0 && fresh.Model.Engine != old.Model.Engine:
		s.Model.Engine = ""
	}
	u.set = s
	return m.checkSet(s, u.bad)
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
