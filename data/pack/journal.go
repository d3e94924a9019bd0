package pack

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// journal records how far packing has come: the first Done images of each split, with
// their bytes and rows, are safely on disk. What follows them in the files does not count.
type journal struct {
	Manifest
	Done []int `json:"done"`
}

func (p *packer) journalPath() string { return filepath.Join(p.dir, journalName) }

func (p *packer) save() error { return writeJSON(p.journalPath(), p.journal) }

func (p *packer) removeJournal() error {
	for _, name := range []string{p.journalPath(), p.journalPath() + ".tmp"} {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// fits returns an error unless packing can continue as want says.
func (j journal) fits(want journal) error {
	if err := j.check(); err != nil {
		return fmt.Errorf("%s: %w", journalName, err)
	}
	if err := j.sameSource(want.Manifest); err != nil {
		return fmt.Errorf("packing was started there, but %w", err)
	}
	if len(j.Done) != len(j.Splits) {
		return fmt.Errorf("%s: damaged; remove the folder", journalName)
	}
	for k, done := range j.Done {
		if done < 0 || done > j.Splits[k].Images {
			return fmt.Errorf("%s: damaged; remove the folder", journalName)
		}
	}
	return nil
}
