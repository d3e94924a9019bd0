package amdim

import (
	"fmt"
	"slices"

	"github.com/amdim/amdim/embedding"
)

// Set holds the vectors of images, their names and their origin: see [embedding.Set].
// [Model.EmbedFolder], [Model.UpdateSet] and [Model.NewSet] are among those that make one. Len and
// Row(i) give its vectors. Key(i) is equal for copies of an image, and Version(i) changes when the
// file of image i is written anew. Validate reports parts that do not fit together. Save(path)
// writes the Set as NPY, which LoadSet and NumPy read.
type Set = embedding.Set

// LoadSet reads a Set that Save wrote: "photos.npy" and the files beside it. It may fail while
// another process replaces them: keep the Set that was loaded before and try again.
func LoadSet(path string) (*Set, error) {
	s, err := embedding.Load(path)
	if err != nil {
		return nil, fmt.Errorf("amdim: load set: %w", err)
	}
	return s, nil
}

// NewSet returns a Set of vectors that this Model's Embed has returned, with a name for each and
// the Model's Origin. It copies the vectors. To add them to an Index, join this Set with that of
// the Index ([embedding.Join]) and build a new Index.
//
// Vectors of another length than Dim are ErrOtherNetwork. Too many or too few names, no vectors,
// and a number that is not finite are errors too.
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

// Index searches the vectors of a Set by cosine: see [embedding.Index]. Its methods find
//
//   - Search: the images nearest to a vector
//   - SearchAll: those nearest to each vector of another Set
//   - Near: those nearest to one of its own images, whose index Find gives for a name
//   - Duplicates: pairs of near-duplicates
//   - Typical: images that stand for the others
//
// Search with vectors of the same network only: see [Model.CheckIndex]. The method Set returns the
// Set, which must not change. To add images, build another Index from what [Model.UpdateSet]
// returns, or from the [embedding.Join] of the Set and another.
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
