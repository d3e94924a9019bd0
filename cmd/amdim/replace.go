package main

import (
	"errors"
	"fmt"
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

// writable refuses, before long work, a file of a flag that cannot be written.
func writable(flag, path string) error {
	if err := hasFolder(flag, path); err != nil {
		return err
	}
	if err := replaceable(path); err != nil {
		return fmt.Errorf("%s: %w", flag, err)
	}
	return nil
}

// hasFolder refuses a file of a flag whose folder is not there.
func hasFolder(flag, path string) error {
	dir := filepath.Dir(path)
	info, err := os.Stat(dir)
	if err == nil && info.IsDir() || errors.Is(err, fs.ErrPermission) {
		return nil
	}
	return fmt.Errorf("%s %s: there is no folder %s", flag, path, dir)
}

// creatable is replaceable for a path whose folders need not be there yet.
func creatable(path string) error {
	for folder := filepath.Dir(path); ; path, folder = folder, filepath.Dir(folder) {
		if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) || folder == filepath.Dir(folder) {
			return replaceable(path)
		}
	}
}
