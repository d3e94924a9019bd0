package embedding

import (
	"fmt"
	"slices"
	"strings"
)

// Find returns the index of the image with this name. If there is none, it returns that of the
// only image whose name ends in "/" and this name. The error wraps ErrNoSuchName or
// ErrAmbiguousName. A name that several images have in full is ambiguous too; Near takes the index
// of any of them.
func (x *Index) Find(name string) (int, error) {
	var full, ends []int
	ending := "/" + name
	for i, n := range x.set.Names {
		switch {
		case n == name:
			full = append(full, i)
		case strings.HasSuffix(n, ending):
			ends = append(ends, i)
		}
	}
	switch {
	case len(full) == 1:
		return full[0], nil
	case len(full) > 1:
		return 0, fmt.Errorf("embedding: %w %q, those of rows %d and %d among them: names must differ to be found",
			ErrAmbiguousName, name, full[0], full[1])
	case len(ends) == 1:
		return ends[0], nil
	case len(ends) > 1:
		return 0, fmt.Errorf("embedding: %w %q, %q and %q among them: give more of the path",
			ErrAmbiguousName, name, x.set.Names[ends[0]], x.set.Names[ends[1]])
	}
	return 0, x.unknown(name)
}

// unknown is the error for a name that no image has.
func (x *Index) unknown(name string) error {
	like := slices.IndexFunc(x.set.Names, func(n string) bool { return strings.Contains(n, name) })
	if name == "" || like < 0 {
		return fmt.Errorf("embedding: %w %q; the first is named %q", ErrNoSuchName, name, x.set.Names[0])
	}
	return fmt.Errorf("embedding: %w %q: did you mean %q?", ErrNoSuchName, name, x.set.Names[like])
}
