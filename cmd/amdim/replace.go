package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/amdim/amdim/internal/durable"
)

// replaceFile writes a file whole or not at all.
func replaceFile(path string, text []byte) error {
	return durable.Replace(path, func(w io.Writer) error { _, err := w.Write(text); return err })
}

// replaceable returns the error that replaceFile would, where a file cannot be
// written at path: to be asked before long work.
func replaceable(path string) error {
	probe, err := durable.Beside(path)
	if err != nil {
		return err
	}
	return probe.Discard()
}

// creatable is replaceable for a path whose folders need not be there yet.
func creatable(path string) error {
	for folder := filepath.Dir(path); ; path, folder = folder, filepath.Dir(folder) {
		if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) || folder == filepath.Dir(folder) {
			return replaceable(path)
		}
	}
}
