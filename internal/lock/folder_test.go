package lock

import (
	"errors"
	"os"
	"runtime"
	"testing"
)

func TestAFolderIsHeldOnce(t *testing.T) {
	if runtime.GOOS == "js" || runtime.GOOS == "plan9" || runtime.GOOS == "solaris" {
		t.Skip("no locks that end with their process")
	}
	dir := t.TempDir()
	held, err := Folder(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Folder(dir); !errors.Is(err, ErrHeld) {
		t.Errorf("held twice: %v", err)
	}
	held.Close()
	again, err := Folder(dir)
	if err != nil {
		t.Fatalf("after it was let go: %v", err)
	}
	again.Close()
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("%v is left, %v", entries, err)
	}
}

func TestAFolderThatIsNotThereIsAnError(t *testing.T) {
	if _, err := Folder(t.TempDir() + "/none"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
}
