package regular

import (
	"fmt"
	"io"
	"io/fs"
	"os"
)

// Error says what lies in the place of a regular file.
type Error struct{ Mode fs.FileMode }

func (e Error) Error() string { return fmt.Sprintf("it is a %s, not a regular file", e.kind()) }

func (e Error) kind() string {
	switch {
	case e.Mode.IsDir():
		return "folder"
	case e.Mode&fs.ModeNamedPipe != 0:
		return "pipe"
	case e.Mode&fs.ModeSocket != 0:
		return "socket"
	}
	return "device"
}

// Check returns a *fs.PathError with an Error if something else than a regular file is
// at path. It is nil where nothing is, or may be looked at: opening it says so.
func Check(path string) error {
	info, err := os.Stat(path)
	if err != nil || info.Mode().IsRegular() {
		return nil
	}
	return &fs.PathError{Op: "open", Path: path, Err: Error{info.Mode()}}
}

// Open opens a regular file for reading. It may be renamed, and replaced by package durable, meanwhile.
func Open(path string) (*os.File, error) {
	if err := Check(path); err != nil {
		return nil, err
	}
	return openShared(path)
}

// Read returns what a regular file holds.
func Read(path string) ([]byte, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}
