//go:build unix && !solaris && !aix

package regular

import (
	"path/filepath"
	"syscall"
	"testing"
)

// TestAPipeIsRefusedBeforeItIsOpened hangs where it is opened.
func TestAPipeIsRefusedBeforeItIsOpened(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o644); err != nil {
		t.Skip(err)
	}
	refuses(t, path, "it is a pipe, not a regular file")
}
