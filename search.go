package amdim

import (
	"fmt"

	"github.com/amdim/amdim/embedding"
)

// Set holds the vectors of images, their names and where they come from: see
// [embedding.Set]. Save(path) writes it as NPY, which LoadSet and NumPy read; Len and
// Row(i) give its vectors, and Key(i) what tells copies from other images; Validate reports
// parts that do not fit together.
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

// Index finds the images of a Set that are nearest to a vector (Search), to each vector of
// another Set (SearchAll) or to one of its own images (Near, of an index that Find gives for
// a name), the near-duplicates among them (Duplicates), and those that stand for the others
// (Typical): see [embedding.Index]. Its method Set returns the Set. Search it only with
// vectors of the same network: see [Model.CheckIndex].
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
