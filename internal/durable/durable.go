package durable

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// Write writes a file in place of what is at path and syncs it, for names that nobody else gives: a
// link there, as in a folder that came from others, is removed, and what it leads to stays.
func Write(path string, write func(io.Writer) error) error { return WriteFile(path, buffered(write)) }

// WriteFile is Write by what also goes back to a place in the file.
func WriteFile(path string, write func(*os.File) error) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := create(path)
	if err != nil {
		return err
	}
	return fill(f, write)
}

// buffered is what writes a stream as what writes a file.
func buffered(write func(io.Writer) error) func(*os.File) error {
	return func(f *os.File) error {
		w := bufio.NewWriterSize(f, 1<<18)
		if err := write(w); err != nil {
			return err
		}
		return w.Flush()
	}
}

// fill writes to an open file, syncs it and closes it.
func fill(f *os.File, write func(*os.File) error) error {
	err := write(f)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// Rename puts a file that is synced in the place of another in its folder, which may be read meanwhile.
func Rename(from, to string) error {
	if err := rename(from, to); err != nil {
		return err
	}
	return SyncFolder(filepath.Dir(to))
}

// SyncFolder makes the names in a folder durable, where its file system can: Windows has
// no such call, and shared folders (vboxsf, old CIFS) refuse it of a folder, in which
// the file is in place all the same.
func SyncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	synced := d.Sync()
	if refused(synced) {
		synced = nil
	}
	return errors.Join(synced, d.Close())
}

// refused reports whether a file system has no such call, in place of one that failed.
func refused(err error) bool {
	return errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP)
}

// SameFile reports whether two names are of one file or folder, which is there: what
// replaces one would replace the other.
func SameFile(a, b string) bool {
	of, err := os.Stat(a)
	if err != nil {
		return false
	}
	is, err := os.Stat(b)
	return err == nil && os.SameFile(of, is)
}
