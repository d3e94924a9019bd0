package embedding

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/amdim/amdim/internal/lock"
)

func TestASetIsHeldByOneAlsoOnceItWasReplaced(t *testing.T) {
	if !lock.Files || runtime.GOOS == "windows" {
		t.Skip("nobody is kept out on this system")
	}
	path := filepath.Join(t.TempDir(), "photos.npy")
	if _, err := Hold(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a set that is not there: %v", err)
	}
	if err := small().Save(path); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		held, err := Hold(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Hold(path); !errors.Is(err, ErrBusy) {
			t.Errorf("held twice: %v", err)
		}
		if !names(path, held.(*os.File)) {
			t.Error("what is held does not seem to be there")
		}
		if err := small().Save(path); err != nil {
			t.Fatal(err)
		}
		if names(path, held.(*os.File)) {
			t.Error("what was replaced seems to be there")
		}
		if err := held.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
