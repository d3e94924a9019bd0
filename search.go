package amdim

import (
	"fmt"
	"slices"

	"github.com/amdim/amdim/embedding"
)

// Set holds the vectors of images, their names and where they come from: see [embedding.Set].
// [Model.EmbedFolder], [Model.UpdateSet] and [Model.NewSet] are among those that make one.
// Save(path) writes it as NPY, which LoadSet and NumPy read; Len and Row(i) give its vectors,
// Key(i) what tells copies from other images, and Version(i) a file from one that was written in
// its place; Validate reports parts that do not fit together.
type Set = embedding.Set

// LoadSet reads a Set that Save wrote: "photos.npy" and the files beside it. While Save
// replaces them it may fail: keep the Set that was loaded before and try again.
func LoadSet(path string) (*Set, error) {
	s, err := embedding.Load(path)
	if err != nil {
		return nil, fmt.Errorf("amdim: load set: %w", err)
	}
	return s, nil
}

// NewSet returns a Set of vectors that Embed of this Model has returned, copied, with a name
// for each and the Model's Origin. [embedding.Join] adds it to another Set of the Model, such
// as that of an Index, which is then built anew. Vectors of another length than Dim are
// ErrOtherNetwork; a name too many or too few, no vectors, and a number that is not finite are
// errors too.
func (m *Model) NewSet(names []string, vectors [][]float32) (*Set, error) {
	done, err := m.use()
	if err != nil {
		return nil, fmt.Errorf("amdim: new set: %w", err)
	}
	defer done()
	origin, err := m.origin()
	if err != nil {
		return nil, fmt.Errorf("amdim: new set: model %s: %w", m.path, err)
	}
	s := &Set{Names: slices.Clone(names), Dim: m.Dim(), Model: origin}
	s.X = make([]float32, 0, len(vectors)*s.Dim)
	for i, v := range vectors {
		if len(v) != s.Dim {
			return nil, fmt.Errorf("amdim: new set: vector %d of %d has %d numbers, need %d: %w",
				i+1, len(vectors), len(v), s.Dim, ErrOtherNetwork)
		}
		s.X = append(s.X, v...)
	}
	if err := s.Validate(); err != nil {
		return nil, fmt.Errorf("amdim: new set: %w", err)
	}
	return s, nil
}

// Index finds the images of a Set that are nearest to a vector (Search), to each vector of
// another Set (SearchAll) or to one of its own images (Near, of an index that Find gives for
// a name), the near-duplicates among them (Duplicates), and those that stand for the others
// (Typical): see [embedding.Index]. Its method Set returns the Set, which must not change: to
// add images, build another Index from what [Model.UpdateSet] makes of it, or [embedding.Join] of it
// and theirs. Search it
// only with vectors of the same network: see [Model.CheckIndex].
type Index = embedding.Index

// Match is an image found by a search: its name, index and cosine, see [embedding.Match].
type Match = embedding.Match

// NewIndex prepares a Set for searching: many queries at once use all cores, one query
// uses one. The Set must not change afterwards. A Set without images, or with numbers too
// large to standardise, is an error. embedding.NewIndex takes a number of threads.
func NewIndex(s *Set) (*Index, error) {
	x, err := embedding.NewIndex(s, 0)
	if err != nil {
		return nil, fmt.Errorf("amdim: index: %w", err)
	}
	return x, nil
}
