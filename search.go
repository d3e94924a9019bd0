package amdim

import "github.com/amdim/amdim/embedding"

// Set holds the vectors of images with their names and where they come from.
// Save writes it as NPY.
type Set = embedding.Set

// LoadSet reads a Set that Save wrote: "photos.npy" and the files beside it.
func LoadSet(path string) (*Set, error) { return embedding.Load(path) }
