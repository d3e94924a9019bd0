package durable

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/amdim/amdim/internal/regular"
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
	if runtime.GOOS == "windows" { // there it does nothing
		return
	}
	if err := SyncFolder(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing folder: %v", err)
	}
}

// A server that reads vectors must not keep them from being replaced.
func TestAFileThatIsReadIsReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	for _, text := range []string{"first", "second", "third"} {
		err := Replace(path, saying(text))
		if runtime.GOOS == "windows" && errors.Is(err, fs.ErrPermission) {
			t.Skip("this file system does not rename as POSIX has it: FAT, some shares, Wine")
		}
		if err != nil {
			t.Fatal(err)
		}
		f, err := regular.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			defer f.Close()
			if got, err := io.ReadAll(f); err != nil || string(got) != text {
				t.Errorf("who has opened it reads %q, %v, want %q", got, err, text)
			}
		})
		holds(t, path, text)
	}
}
