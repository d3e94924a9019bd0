package checkpoint

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// A folder that came from others may hold a link under the name that Write gives its temporary
// file. What it leads to is none of its business.
func TestALinkInPlaceOfTheTemporaryFileIsNotFollowed(t *testing.T) {
	dir := t.TempDir()
	path, other := filepath.Join(dir, "x.safetensors"), filepath.Join(dir, "other")
	if err := os.WriteFile(other, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("other", path+".tmp"); err != nil {
		t.Skip(err)
	}
	if err := Write(path, testArrays(), nil, nil); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(other); string(text) != "precious" {
		t.Errorf("%d bytes, %v", len(text), err)
	}
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() {
		t.Errorf("%v, %v", info, err)
	}
	if _, err := os.Lstat(path + ".tmp"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}
