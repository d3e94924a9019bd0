package data

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/amdim/amdim/data/imagefile"
)

// Takes reports whether an image file written to path would be among the images of the
// folder that a spec names, by where it lies and how it is called; false for other data.
func Takes(spec, path string) bool {
	dir, ok := FolderOf(spec)
	if !ok || dir == "" || !imagefile.Known(path) {
		return false
	}
	below, err := filepath.Rel(realPath(dir), realPath(path))
	if err != nil {
		return false
	}
	// A path outside begins with "..", which is hidden.
	return !slices.ContainsFunc(strings.Split(filepath.ToSlash(below), "/"), hidden)
}

// realPath is a path without links as far as it is there: the rest is still to be made.
func realPath(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		return real
	}
	parent, name := filepath.Split(abs)
	if name == "" {
		return abs
	}
	return filepath.Join(realPath(parent), name)
}
