package main

import (
	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/internal/memory"
)

// readingFor says how the images of a folder are held for an encoder: no larger
// than its views need, and as many in memory as fit.
func readingFor(a augment.Config) data.Options {
	return data.Options{Side: a.Source(), Memory: imageMemory()}
}

// imageMemory is what decoded images may take, in bytes: a quarter of what this
// process may use, since network and activations need most of the rest.
func imageMemory() int64 {
	const unknown = 2 << 30 // where the system does not tell
	if limit := memory.Limit(); limit > 0 {
		return int64(limit / 4)
	}
	return unknown
}
