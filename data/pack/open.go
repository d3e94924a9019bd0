package pack

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Pack is an open pack. Its files are unmapped when nothing refers to it.
type Pack struct {
	Manifest
	splits []*Split
}

// Open opens a pack and checks everything except the pixels; see [Split.Verify] for these.
func Open(dir string) (*Pack, error) {
	m, err := readManifest(dir)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		err = unfinished(dir, err)
	}
	if err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	return open(dir, m)
}

func open(dir string, m Manifest) (*Pack, error) {
	p := &Pack{Manifest: m}
	for _, part := range m.Splits {
		s, err := openSplit(dir, part, m.Classes)
		if err != nil {
			return nil, fmt.Errorf("pack: %w", err)
		}
		p.splits = append(p.splits, s)
	}
	return p, nil
}

// unfinished says why there is no manifest.
func unfinished(dir string, err error) error {
	var j journal
	switch info, e := os.Stat(dir); {
	case e != nil:
		return e
	case !info.IsDir():
		return fmt.Errorf("%s: it is a file; name the folder of a pack", dir)
	case readJSON(filepath.Join(dir, journalName), &j) == nil:
		return fmt.Errorf("%s: packing %s was not finished; run the same command again", dir, j.Spec)
	}
	return fmt.Errorf("%w: amdim data pack writes it", err)
}

// Split returns a split by its name: train, test or pretrain.
func (p *Pack) Split(name string) (*Split, bool) {
	for _, s := range p.splits {
		if s.Part.Name == name {
			return s, true
		}
	}
	return nil, false
}
