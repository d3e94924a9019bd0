package durable

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/amdim/amdim/internal/regular"
)

// Temporary is a file beside the one that it shall replace.
type Temporary struct {
	path   string // of what it replaces, for errors: a symbolic link with what it leads to
	target string // of what it replaces
	file   *os.File
	held   *os.File // keeps others from taking it for one that a kill left; nil: there are no locks
	done   bool     // committed or discarded: its name is free for others
}

// Beside makes an empty file beside path, under a name that no file has, with the
// permissions of the file at path. Where path is a symbolic link, the file that it leads
// to is meant. A folder, device or pipe is not replaced. Errors name path in place of the
// new file. Files that killed processes left beside path are removed.
func Beside(path string) (*Temporary, error) {
	target, err := follow(path)
	if err != nil {
		return nil, err
	}
	if target != path {
		path += " (a link to " + target + ")"
	}
	old, err := os.Stat(target)
	if err == nil && !old.Mode().IsRegular() {
		return nil, fmt.Errorf("write %s: %w", path, regular.Error{Mode: old.Mode()})
	}
	for n := range mostNames {
		name := nameOf(target, n)
		removeLeft(name)
		f, held, err := createHeld(name)
		switch {
		case err == nil:
			for m := n + 1; removeLeft(nameOf(target, m)); m++ {
			}
			t := &Temporary{path: path, target: target, file: f, held: held}
			if err := t.permit(old); err != nil {
				return nil, errors.Join(about(path, name, err), t.Discard())
			}
			return t, nil
		case !errors.Is(err, fs.ErrExist):
			return nil, about(path, name, err)
		}
	}
	return nil, fmt.Errorf("write %s: %d files such as %s lie beside it: delete those that no process writes",
		path, mostNames, nameOf(target, 0))
}

// follow returns where a symbolic link leads to, and any other path as it is.
func follow(path string) (string, error) {
	info, err := os.Lstat(path)
	if err != nil || info.Mode()&fs.ModeSymlink == 0 {
		return path, nil // what is wrong with it is told when it is written to
	}
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", fmt.Errorf("write %s: it is a link that leads nowhere: %w", path, err)
	}
	return target, nil
}

// permit gives the new file the permissions of the old one, if there is one.
func (t *Temporary) permit(old fs.FileInfo) error {
	if old == nil {
		return nil
	}
	now, err := t.file.Stat()
	if err != nil || now.Mode().Perm() == old.Mode().Perm() { // which some file systems cannot change
		return err
	}
	return t.file.Chmod(old.Mode().Perm())
}

// Write fills the file, syncs it and closes it.
func (t *Temporary) Write(write func(io.Writer) error) error { return t.fill(buffered(write)) }

func (t *Temporary) fill(write func(*os.File) error) error {
	return about(t.path, t.file.Name(), fill(t.file, write))
}

// Commit puts the file in the place of the one at path.
func (t *Temporary) Commit() error {
	if err := rename(t.file.Name(), t.target); err != nil {
		return about(t.path, t.file.Name(), err)
	}
	t.done = true
	t.release()
	return SyncFolder(filepath.Dir(t.target))
}

func (t *Temporary) release() {
	if t.held != nil {
		t.held.Close() // nothing was written to it that Write has not synced
	}
}

// Discard removes the file unless it was committed.
func (t *Temporary) Discard() error {
	if t.done {
		return nil
	}
	t.done = true
	defer t.release()
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
