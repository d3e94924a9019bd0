package embedding

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/amdim/amdim/internal/durable"
	"github.com/amdim/amdim/internal/regular"
)

// Ending is the extension of a path that names a set.
const Ending = ".npy"

// files are the paths of a set: vectors, names and origin.
type files struct{ vectors, names, origin string }

func filesOf(path string) (files, error) {
	stem, ok := strings.CutSuffix(path, Ending)
	if !ok || filepath.Base(path) == Ending {
		return files{}, fmt.Errorf("embedding: %q: %w", path, ErrName)
	}
	return files{path, stem + ".jsonl", stem + ".json"}, nil
}

func (f files) all() []string { return []string{f.vectors, f.names, f.origin} }

// Paths returns the files that Save writes for a set, given the path of the vectors. If that does
// not end in .npy, it is the only one.
func Paths(path string) []string {
	f, err := filesOf(path)
	if err != nil {
		return []string{path}
	}
	return f.all()
}

// originFile is the content of photos.json. The digests tell a set from files of
// two different sets under the same name.
type originFile struct {
	Model   Origin `json:"model"`
	Rows    int    `json:"rows"`
	Dim     int    `json:"dim"`
	Vectors string `json:"vectors_sha256"`
	Names   string `json:"names_sha256"`
}

// CheckPath returns an error if Save could not write a set named path, or if it would replace a
// file and overwrite is false. It lets a caller know before hours of work. The error then wraps an
// *fs.PathError that names the file that is there.
func CheckPath(path string, overwrite bool) error {
	f, err := filesOf(path)
	if err != nil {
		return err
	}
	for _, name := range f.all() {
		info, err := os.Lstat(name)
		switch {
		case err == nil && info.IsDir():
			folder := regular.Error{Mode: info.Mode()}
			return fmt.Errorf("embedding: %w", &fs.PathError{Op: "write", Path: name, Err: folder})
		case err == nil && !overwrite:
			return fmt.Errorf("embedding: %w", &fs.PathError{Op: "write", Path: name, Err: fs.ErrExist})
		}
	}
	probe, err := durable.Beside(path)
	if err != nil {
		return fmt.Errorf("embedding: %w", err)
	}
	return probe.Discard()
}

// Save writes the three files of a set; path is that of the vectors and ends in .npy. All files
// are written first; then each replaces its predecessor atomically.
//
// Within one process Load gives either the old set or this one, and of two sets that are saved to
// one path at once one stays. In another process Load may fail meanwhile with ErrTorn, and two
// processes must not save to one path at once (see Hold). Files are put in place while no Load of
// the process reads, of whatever path.
func (s *Set) Save(path string) error {
	f, err := filesOf(path)
	if err != nil {
		return err
	}
	if err := s.Validate(); err != nil {
		return err
	}
	if err := s.save(f); err != nil {
		return fmt.Errorf("embedding: %w", err)
	}
	return nil
}

// replacing is held while files of a set take the places of others, and read while one is read.
var replacing sync.RWMutex

func (s *Set) save(f files) error {
	written, err := s.write(f)
	defer func() {
		for _, t := range written {
			t.Discard()
		}
	}()
	if err != nil {
		return err
	}
	replacing.Lock()
	defer replacing.Unlock()
	for _, t := range written {
		if err := t.Commit(); err != nil {
			return err
		}
	}
	return nil
}

// write writes origin, names and vectors beside the files that they shall replace, in the
// order in which they are put in place: vectors without an origin are to Load a set of
// another tool, whose network is not known.
func (s *Set) write(f files) (written []*durable.Temporary, err error) {
	add := func(path string, write func(io.Writer) error) (digest string, err error) {
		t, err := durable.Beside(path)
		if err != nil {
			return "", err
		}
		written = append(written, t)
		sum := sha256.New()
		err = t.Write(func(w io.Writer) error { return write(io.MultiWriter(w, sum)) })
		return hex.EncodeToString(sum.Sum(nil)), err
	}
	o := originFile{Model: s.Model, Rows: s.Len(), Dim: s.Dim}
	if o.Vectors, err = add(f.vectors, func(w io.Writer) error { return writeNPY(w, s.X, s.Dim) }); err != nil {
		return written, err
	}
	if o.Names, err = add(f.names, s.writeNames); err != nil {
		return written, err
	}
	_, err = add(f.origin, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(o)
	})
	slices.Reverse(written) // the origin holds the digests of the others
	return written, err
}
