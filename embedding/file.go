package embedding

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Ending is that of the path that names a set.
const Ending = ".npy"

// ErrName is a path that does not name a set.
var ErrName = errors.New("the name must end in " + Ending + ", as photos" + Ending)

// files are the paths of a set: vectors, names and origin.
type files struct{ vectors, names, origin string }

func filesOf(path string) (files, error) {
	stem, ok := strings.CutSuffix(path, Ending)
	if !ok || filepath.Base(path) == Ending {
		return files{}, fmt.Errorf("embedding: %q: %w", path, ErrName)
	}
	return files{path, stem + ".jsonl", stem + ".json"}, nil
}

// originFile is what stands in photos.json. The digests tell a set from files of
// two sets that one name brought together.
type originFile struct {
	Model   Origin `json:"model"`
	Rows    int    `json:"rows"`
	Dim     int    `json:"dim"`
	Vectors string `json:"vectors_sha256"`
	Names   string `json:"names_sha256"`
}

// CheckPath returns an error when Save cannot write a set named path, or would
// replace a file and overwrite is not given: to be known before hours of work.
func CheckPath(path string, overwrite bool) error {
	f, err := filesOf(path)
	if err != nil {
		return err
	}
	for _, name := range []string{f.vectors, f.names, f.origin} {
		info, err := os.Lstat(name)
		switch {
		case err == nil && info.IsDir():
			return fmt.Errorf("embedding: %s is a folder", name)
		case err == nil && !overwrite:
			return fmt.Errorf("embedding: %s: %w", name, fs.ErrExist)
		}
	}
	probe, err := os.CreateTemp(filepath.Dir(path), ".amdim-*")
	if err != nil {
		var p *fs.PathError
		if errors.As(err, &p) {
			err = p.Err // the path is that of the probe
		}
		return fmt.Errorf("embedding: cannot write %s: %w", path, err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// Save writes the three files of a set; path is that of the vectors and ends in
// .npy. Files of these names are replaced, each at once, when all are written.
func (s *Set) Save(path string) error {
	f, err := filesOf(path)
	if err != nil {
		return err
	}
	if err := s.Validate(); err != nil {
		return err
	}
	if err := s.save(f); err != nil {
		return fmt.Errorf("embedding: write %s: %w", path, err)
	}
	return nil
}

func (s *Set) save(f files) error {
	var written []*temporary
	defer func() {
		for _, t := range written {
			t.discard()
		}
	}()
	add := func(path string, write func(io.Writer) error) (digest string, err error) {
		t, err := newTemporary(path)
		if err != nil {
			return "", err
		}
		written = append(written, t)
		return t.write(write)
	}
	o := originFile{Model: s.Model, Rows: s.Len(), Dim: s.Dim}
	var err error
	if o.Vectors, err = add(f.vectors, func(w io.Writer) error { return writeNPY(w, s.X, s.Dim) }); err != nil {
		return err
	}
	if o.Names, err = add(f.names, func(w io.Writer) error { return writeNames(w, s.Names) }); err != nil {
		return err
	}
	_, err = add(f.origin, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(o)
	})
	if err != nil {
		return err
	}
	for _, t := range written {
		if err := t.commit(); err != nil {
			return err
		}
	}
	return nil
}

// temporary is a file beside the one that it will replace.
type temporary struct {
	file *os.File
	path string
}

func newTemporary(path string) (*temporary, error) {
	f, err := os.OpenFile(path+".tmp", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	return &temporary{f, path}, err
}

// write fills the file and returns the SHA-256 of its bytes.
func (t *temporary) write(write func(io.Writer) error) (digest string, err error) {
	sum := sha256.New()
	w := bufio.NewWriterSize(io.MultiWriter(t.file, sum), 1<<18)
	err = write(w)
	if err == nil {
		err = w.Flush()
	}
	if err == nil {
		err = t.file.Sync()
	}
	return hex.EncodeToString(sum.Sum(nil)), errors.Join(err, t.file.Close())
}

func (t *temporary) commit() error { return os.Rename(t.file.Name(), t.path) }

// discard removes what was not committed.
func (t *temporary) discard() { os.Remove(t.file.Name()) }
