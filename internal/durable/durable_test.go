package durable

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestRenameReplacesTheFileWithWhatWasWritten(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "x.tmp"), filepath.Join(dir, "x")
	for _, text := range []string{"first", "second"} {
		err := Write(from, func(w io.Writer) error {
			_, err := io.WriteString(w, text)
			return err
		})
		if err == nil {
			err = Rename(from, to)
		}
		if b, _ := os.ReadFile(to); err != nil || string(b) != text {
			t.Errorf("%q, %v, want %q", b, err, text)
		}
	}
	broken := errors.New("broken")
	if err := Write(from, func(io.Writer) error { return broken }); !errors.Is(err, broken) {
		t.Error(err)
	}
}

func TestFolderThatCannotBeSyncedIsNoError(t *testing.T) {
	const folder = "/proc" // of Linux: EINVAL
	d, err := os.Open(folder)
	if err != nil {
		t.Skip(err)
	}
	defer d.Close()
	if err := d.Sync(); err == nil {
		t.Skip(folder + " can be synced here")
	}
	if err := SyncFolder(folder); err != nil {
		t.Error(err)
	}
}

func TestFolderWhoseSyncFailsIsAnError(t *testing.T) {
	for err, want := range map[error]bool{
		syscall.EINVAL: true, syscall.ENOTSUP: true, syscall.EIO: false, syscall.ENOSPC: false, nil: false,
	} {
		if err != nil {
			err = &fs.PathError{Op: "sync", Path: "x", Err: err}
		}
		if got := refused(err); got != want {
			t.Errorf("%v is refused: %t, want %t", err, got, want)
		}
	}
	if err := SyncFolder(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing folder: %v", err)
	}
}
