package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// replaceFile writes a file whole or not at all.
func replaceFile(path string, text []byte) error {
	return replaceBy(path, func(w io.Writer) error { _, err := w.Write(text); return err })
}

// replaceBy is replaceFile for what is written piece by piece.
func replaceBy(path string, write func(io.Writer) error) error {
	f, err := besides(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	err = write(w)
	if err == nil {
		err = errors.Join(w.Flush(), f.Chmod(0o644))
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// besides makes the temporary file that shall replace the one at path.
func besides(path string) (*os.File, error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-")
	var wrong *fs.PathError // it names the temporary file
	if errors.As(err, &wrong) {
		err = fmt.Errorf("write %s: %w", path, wrong.Err)
	}
	return f, err
}

// replaceable returns the error that replaceFile would, where a file cannot be
// written at path: to be asked before long work.
func replaceable(path string) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("write %s: it is a folder", path)
	}
	f, err := besides(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// creatable is replaceable for a path whose folders need not be there yet.
func creatable(path string) error {
	for folder := filepath.Dir(path); ; path, folder = folder, filepath.Dir(folder) {
		if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) || folder == filepath.Dir(folder) {
			return replaceable(path)
		}
	}
}
