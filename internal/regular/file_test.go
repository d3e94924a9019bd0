package regular

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestAFileAndALinkToItAreOpened(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("text"), 0o644); err != nil {
		t.Fatal(err)
	}
	link := path + ".link"
	if err := os.Symlink(path, link); err != nil {
		link = path
	}
	for _, p := range []string{path, link} {
		if text, err := Read(p); string(text) != "text" || err != nil {
			t.Errorf("%s: %q, %v", p, text, err)
		}
		f, err := Open(p)
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
}

// refuses fails unless each way to open path says what is there.
func refuses(t *testing.T, path, want string) {
	t.Helper()
	for name, open := range map[string]func() error{
		"Check": func() error { return Check(path) },
		"Open":  func() error { _, err := Open(path); return err },
		"Read":  func() error { _, err := Read(path); return err },
	} {
		if err := open(); err == nil || err.Error() != "open "+path+": "+want {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
}

func TestAFolderAndADeviceAreRefused(t *testing.T) {
	refuses(t, t.TempDir(), "it is a folder, not a regular file")
	refuses(t, os.DevNull, "it is a device, not a regular file")
}

func TestWhatIsNotThereIsSaidByTheOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none")
	if err := Check(path); err != nil {
		t.Error(err)
	}
	if _, err := Open(path); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if _, err := Read(path); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}
