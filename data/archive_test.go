package data

import (
	"path/filepath"
	"testing"
)

// A downloaded archive is found by the spec of its kind, in its folder.
func TestArchivesHaveTheNamesThatAreOpened(t *testing.T) {
	for _, a := range Archives() {
		dir := t.TempDir()
		path := filepath.Join(dir, a.Name)
		write(t, path, []byte("no archive"))
		_, err := Open(a.Kind+":"+dir, Test, Options{})
		wantError(t, a.Kind, err, path)
		if len(a.MD5) != 32 || len(a.SHA256) != 64 || a.Limit <= 0 {
			t.Errorf("%+v", a)
		}
	}
}
