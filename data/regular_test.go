package data

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/amdim/amdim/internal/regular"
)

// A device stands for a pipe, whose open would wait for a writer.
func TestWhatIsNoRegularFileIsNotOpened(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink(os.DevNull, filepath.Join(dir, "val_places205.csv")); err != nil {
		t.Skip(err)
	}
	for name, open := range map[string]func() error{
		"records": func() error { return origin{}.readFile(os.DevNull, recordFile{}) },
		"tar.gz":  func() error { return origin{}.readArchive(os.DevNull, nil) },
		"tar":     func() error { _, err := openArchive(t.Context(), os.DevNull); return err },
		"list":    func() error { _, err := fewPlaces.open(dir, Test, Options{}); return err },
		"left":    func() error { _, err := ReadQuarantine(os.DevNull); return err },
	} {
		if err := open(); !errors.As(err, new(regular.Error)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
