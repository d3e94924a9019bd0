//go:build unix && !solaris && !aix

package durable

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestReplaceRefusesAPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o644); err != nil {
		t.Skip(err)
	}
	err := Replace(path, saying("x"))
	if err == nil || !strings.Contains(err.Error(), "write "+path+": it is a pipe, not a regular file") {
		t.Errorf("error %v", err)
	}
	if info, err := os.Lstat(path); err != nil || info.Mode()&fs.ModeNamedPipe == 0 {
		t.Errorf("%v, %v: the pipe is gone", info, err)
	}
}
