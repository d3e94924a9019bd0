package checkpoint

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/durable"
	"github.com/amdim/amdim/internal/floats"
	"github.com/amdim/amdim/tensor"
)

// Source gives named arrays in a fixed order: an engine.State.
type Source interface {
	Each(f func(name string, v []float32) error) error
}

// Write stores every array of s and meta in a file. vars gives the shapes: an
// array named for a variable, or for a slot of it ("w#m") with the same length,
// takes its shape; others are flat.
//
// The file at path is replaced atomically and durably: the new one is written
// beside it and synced, and the old one is kept as Previous(path).
//
// Only one process at a time may write a file: what a killed one left behind is
// overwritten.
func Write(path string, s Source, vars []graph.Var, meta map[string]string) error {
	temporary := path + ".tmp"
	err := writeWhole(temporary, s, vars, meta)
	if err == nil {
		if err = replace(path, temporary); err != nil {
			os.Remove(temporary)
		}
	}
	if err != nil {
		return fmt.Errorf("checkpoint: write %s: %w", path, err)
	}
	return nil
}

// Replace is Write for what can be made again: the old file is not kept. Several
// processes may replace a file at once; the last one wins.
func Replace(path string, s Source, vars []graph.Var, meta map[string]string) error {
	err := durable.ReplaceFile(path, func(f *os.File) error {
		if err := writeFile(f, s, vars, meta); err != nil {
			return fmt.Errorf("write %s: %w", path, err)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	return nil
}

// Previous is the name under which Write keeps the file that it replaces:
// "x.prev.safetensors" for "x.safetensors".
func Previous(path string) string {
	ext := filepath.Ext(path)
	return strings.TrimSuffix(path, ext) + ".prev" + ext
}

// writeWhole writes a whole file or nothing.
func writeWhole(path string, s Source, vars []graph.Var, meta map[string]string) error {
	err := durable.WriteFile(path, func(f *os.File) error { return writeFile(f, s, vars, meta) })
	if err != nil {
		os.Remove(path)
	}
	return err
}

// entriesOf lays out the arrays of s one after another.
func entriesOf(s Source, vars []graph.Var) ([]Entry, error) {
	shapes := map[string][]int{}
	for _, v := range vars {
		shapes[v.Name] = v.Shape
	}
	var entries []Entry
	var at int64
	err := sizes(s, func(name string, n int) error {
		variable := graph.VarOf(name)
		shape, ok := shapes[variable]
		if !ok || tensor.Size(shape) != n {
			shape = []int{n}
		}
		e := Entry{Name: name, Shape: shape, size: n, at: at}
		at += e.bytes()
		entries = append(entries, e)
		return nil
	})
	return entries, err
}

// writeFile writes header and arrays in one pass; the checksum, known at the
// end, then takes the place of its zeros.
func writeFile(f *os.File, s Source, vars []graph.Var, meta map[string]string) error {
	entries, err := entriesOf(s, vars)
	if err != nil {
		return err
	}
	meta = maps.Clone(meta)
	if meta == nil {
		meta = map[string]string{}
	}
	meta[checksumKey] = noChecksum
	header, err := encodeHeader(entries, meta)
	if err != nil {
		return err
	}
	_, at, err := blankChecksum(header, noChecksum)
	if err != nil {
		return err
	}
	sum := sha256.New()
	w := bufio.NewWriterSize(io.MultiWriter(f, sum), 1<<20)
	if _, err := w.Write(header); err != nil {
		return err
	}
	if err := writeArrays(w, s, entries); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err = f.WriteAt([]byte(hex.EncodeToString(sum.Sum(nil))), int64(at))
	return err
}

func writeArrays(w io.Writer, s Source, entries []Entry) error {
	next := 0
	err := s.Each(func(name string, v []float32) error {
		if next >= len(entries) || entries[next].Name != name || entries[next].size != len(v) {
			return fmt.Errorf("array %s of %d numbers was not there a moment ago", name, len(v))
		}
		next++
		return floats.Write(w, v)
	})
	if err == nil && next != len(entries) {
		err = fmt.Errorf("array %s has vanished", entries[next].Name)
	}
	return err
}

// replace puts temporary in place of path and keeps the old file. With a hard
// link there is always a file at path; where the file system has no hard links,
// the old file is renamed, and for a moment Previous(path) is all there is.
func replace(path, temporary string) error {
	previous := Previous(path)
	if _, err := os.Lstat(path); err == nil {
		if err := os.Remove(previous); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := os.Link(path, previous); err != nil {
			if err := os.Rename(path, previous); err != nil {
				return err
			}
		}
	}
	err := durable.Rename(temporary, path)
	if err == nil || runtime.GOOS != "windows" {
		return err
	}
	// There a file that someone is reading can be renamed, not replaced.
	if err := os.Remove(previous); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(path, previous); err != nil {
		return err
	}
	return durable.Rename(temporary, path)
}
