package data

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// UnreadableError is the error for an image that cannot be used while others
// can: its file is damaged, too large, missing or not an image.
type UnreadableError struct {
	Name string // of the file, below its folder; empty: it is not a file
	Err  error
}

func (e *UnreadableError) Error() string {
	if e.Name == "" {
		return e.Err.Error()
	}
	return e.Name + ": " + e.Err.Error()
}

func (e *UnreadableError) Unwrap() error { return e.Err }

// unreadable is the error for one file, unless the cause is not that file: if the disk
// or the server fails, or this process runs out of resources, other files would be next.
func unreadable(name string, err error) error {
	for _, of := range systemFaults {
		if errors.Is(err, of) {
			return fmt.Errorf("data: %s: %w", name, err)
		}
	}
	return &UnreadableError{name, err}
}

// Named is a Dataset whose images are files.
type Named interface {
	Dataset
	Name(i int) string // path below the folder, with slashes
}

// Name is the file of an image or, if it has none, its number.
func Name(d Dataset, i int) string {
	if n, ok := d.(Named); ok {
		return n.Name(i)
	}
	return fmt.Sprintf("image %d", i)
}

// Size is the number of bytes of an image's file, as it was when the data was opened. 0:
// the image is not a file, or the file is empty or missing.
func Size(d Dataset, i int) int64 {
	if f, ok := d.(interface{ Size(i int) int64 }); ok {
		return f.Size(i)
	}
	return 0
}

// ImageVersion tells an image from another one that takes its place under the same name, as
// [Files.Version] does; empty: nothing does.
func ImageVersion(d Dataset, i int) string {
	if f, ok := d.(interface{ Version(i int) string }); ok {
		return f.Version(i)
	}
	return ""
}

// ReasonOf is the error of an unreadable image without package and path, which are
// shown beside it anyway.
func ReasonOf(err error) string {
	var bad *UnreadableError
	if errors.As(err, &bad) {
		err = bad.Err
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return strings.ReplaceAll(strings.TrimPrefix(err.Error(), "imagefile: "), "\n", " ")
}
