package main

import (
	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/internal/memory"
)

// readingFor says how the images of a folder are held for an encoder: no larger
// than its views need, and as many in memory as fit.
func readingFor(a augment.Config) data.Options {
	return data.Options{Side: a.Source(), Memory: memory.ForImages()}
}
