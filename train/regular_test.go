package train

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/amdim/amdim/internal/regular"
)

// A device stands for a pipe, whose open would wait for another process.
func TestARunHasRegularFiles(t *testing.T) {
	for name, open := range map[string]func(folder string) error{
		metricsFile:    func(folder string) error { _, err := ReadMetrics(MetricsPath(folder)); return err },
		unreadableFile: func(folder string) error { _, err := ReadUnreadable(UnreadablePath(folder)); return err },
		commandsFile:   func(folder string) error { _, err := ReadCommands(folder); return err },
		settingsFile:   func(folder string) error { return prepare(Options{Out: folder, Resume: true}, nil) },
	} {
		folder := t.TempDir()
		if err := os.Symlink(os.DevNull, filepath.Join(folder, name)); err != nil {
			t.Skip(err)
		}
		if err := open(folder); !errors.As(err, new(regular.Error)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
