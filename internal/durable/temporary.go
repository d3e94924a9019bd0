package durable

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Temporary is a file beside the one that it shall replace.
type Temporary struct {
	path string // of what it replaces
	file *os.File
	done bool // committed or discarded: its name is free for others
}

// Beside makes an empty file beside path, under a name that no file has. Errors name
// path in place of it.
func Beside(path string) (*Temporary, error) {
	for n := 0; ; n++ {
		name := filepath.Join(filepath.Dir(path), fmt.Sprintf(".%s-%d.tmp", filepath.Base(path), n))
		f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
		switch {
		case err == nil:
			return &Temporary{path: path, file: f}, nil
		case !errors.Is(err, fs.ErrExist):
			return nil, about(path, name, err)
		}
	}
}

// Write fills the file, syncs it and closes it.
func (t *Temporary) Write(write func(io.Writer) error) error { return t.fill(buffered(write)) }

func (t *Temporary) fill(write func(*os.File) error) error {
	return about(t.path, t.file.Name(), fill(t.file, write))
}

// Commit puts the file in the place of the one at path.
func (t *Temporary) Commit() error {
	if err := os.Rename(t.file.Name(), t.path); err != nil {
		return about(t.path, t.file.Name(), err)
	}
	t.done = true
	return SyncFolder(filepath.Dir(t.path))
}

// Discard removes the file unless it was committed.
func (t *Temporary) Discard() error {
	if t.done {
		return nil
	}
	t.done = true
	t.file.Close() // an error is that Write has closed it
	return about(t.path, t.file.Name(), os.Remove(t.file.Name()))
}

// Replace writes a file whole or not at all: what was at path stays until the new
// one is on the disk.
func Replace(path string, write func(io.Writer) error) error {
	return ReplaceFile(path, buffered(write))
}

// ReplaceFile is Replace by what also goes back to a place in the file.
func ReplaceFile(path string, write func(*os.File) error) error {
	t, err := Beside(path)
	if err != nil {
		return err
	}
	defer t.Discard()
	if err := t.fill(write); err != nil {
		return err
	}
	return t.Commit()
}

// about is an error of the temporary file as one of the file that the caller knows.
func about(path, temporary string, err error) error {
	var at *fs.PathError
	var rename *os.LinkError
	switch {
	case errors.As(err, &at) && at.Path == temporary:
		return fmt.Errorf("write %s: %w", path, at.Err)
	case errors.As(err, &rename) && rename.Old == temporary:
		return fmt.Errorf("write %s: %w", path, rename.Err)
	}
	return err
}
