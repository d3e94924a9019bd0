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
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-")
	var wrong *fs.PathError // it names the temporary file
	if errors.As(err, &wrong) {
		return fmt.Errorf("write %s: %w", path, wrong.Err)
	}
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
