package embedding

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/amdim/amdim/internal/regular"
)

// Load reads a set that Save wrote; path is that of the vectors. Vectors saved
// by another tool need a names file; without an origin file Model is zero. Files that were not
// written together are ErrTorn: where another process is replacing the set, keep the one that was
// loaded before and try again.
func Load(path string) (*Set, error) {
	f, err := filesOf(path)
	if err != nil {
		return nil, err
	}
	replacing.RLock()
	s, err := load(f)
	replacing.RUnlock()
	if err != nil {
		return nil, fmt.Errorf("embedding: read %w", err)
	}
	return s, nil
}

func load(f files) (*Set, error) {
	s := &Set{}
	var origin *originFile
	vectors, err := readFile(f.vectors, func(r io.Reader, size int64) (err error) {
		s.X, s.Dim, err = readNPY(r, size)
		return err
	})
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(f.names); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %s, which names its images, belongs beside it, and so does %s: %w",
			f.vectors, filepath.Base(f.names), filepath.Base(f.origin), fs.ErrNotExist)
	}
	names, err := readFile(f.names, func(r io.Reader, _ int64) error { return s.readNames(r) })
	if err != nil {
		return nil, err
	}
	_, err = readFile(f.origin, func(r io.Reader, size int64) (err error) {
		origin, err = readOrigin(r, size)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if origin != nil {
		for _, c := range []struct{ path, want, is string }{
			{f.vectors, origin.Vectors, vectors}, {f.names, origin.Names, names},
		} {
			if c.want != c.is {
				return nil, fmt.Errorf("%s: not the file that %s was written with: %w", c.path, f.origin, ErrTorn)
			}
		}
		s.Model = origin.Model
	}
	if err := s.Validate(); err != nil {
		return nil, fmt.Errorf("%s: %w", f.vectors, err)
	}
	return s, nil
}

// readFile calls read with a regular file and returns its SHA-256. read must
// read to the end.
func readFile(path string, read func(r io.Reader, size int64) error) (digest string, err error) {
	f, err := regular.Open(path)
	if err != nil {
		var p *fs.PathError
		if errors.As(err, &p) {
			err = p.Err
		}
		return "", fmt.Errorf("%s: %w", path, err)
	}
	defer f.Close()
	info, err := f.Stat()
	sum := sha256.New()
	if err == nil {
		err = read(io.TeeReader(bufio.NewReaderSize(f, 1<<18), sum), info.Size())
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// maxOrigin bounds how much of an origin file is read: a wrong path may name anything.
const maxOrigin = 1 << 20

func readOrigin(r io.Reader, size int64) (*originFile, error) {
	if size > maxOrigin {
		return nil, fmt.Errorf("%d bytes: not the origin of a set", size)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	o := new(originFile)
	if err := d.Decode(o); err != nil {
		return nil, fmt.Errorf("not the origin of a set: %w", err)
	}
	if rest := bytes.TrimSpace(text[d.InputOffset():]); len(rest) > 0 {
		return nil, errors.New("not the origin of a set: text follows it")
	}
	return o, nil
}
