package data

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
)

// UnreadableError is an image that cannot be used while the others can: a file
// that is damaged, too large, no image, or gone.
type UnreadableError struct {
	Name string // of the file, below its folder
	Err  error
}

func (e *UnreadableError) Error() string { return e.Name + ": " + e.Err.Error() }
func (e *UnreadableError) Unwrap() error { return e.Err }

// unreadable is the error of one file, unless it says nothing of that file: where the
// disk or the server fails, or this process has no room, others would be next.
func unreadable(name string, err error) error {
	for _, of := range []error{syscall.EIO, syscall.ESTALE, syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM} {
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

// Name is the file of an image or, where it has none, its number.
func Name(d Dataset, i int) string {
	if n, ok := d.(Named); ok {
		return n.Name(i)
	}
	return fmt.Sprintf("image %d", i)
}

// ReasonOf is the error of an unreadable image without what stands beside it anyway:
// package and path.
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
