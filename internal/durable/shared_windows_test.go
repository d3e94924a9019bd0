package durable

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/windows"
)

func TestABusyFileIsRenamedWhenItIsLetGo(t *testing.T) {
	other := errors.New("another one")
	for _, c := range []struct {
		name  string
		err   error // of the tries before the last
		tries int   // until then; 0: it stays
		want  error
	}{
		{"free", nil, 1, nil},
		{"open", windows.ERROR_SHARING_VIOLATION, 3, nil},
		{"mapped", windows.ERROR_ACCESS_DENIED, 3, nil},
		{"never", windows.ERROR_ACCESS_DENIED, 0, windows.ERROR_ACCESS_DENIED},
		{"not busy", other, 0, other},
	} {
		var waited time.Duration
		tries := 0
		err := patiently(func(d time.Duration) { waited += d }, func() error {
			if tries++; tries == c.tries {
				return nil
			}
			return c.err
		})
		if !errors.Is(err, c.want) || c.tries > 0 && tries != c.tries {
			t.Errorf("%s: %v after %d tries, want %v", c.name, err, tries, c.want)
		}
		if waited > 3*time.Second || (c.err == other || c.err == nil) && waited > 0 {
			t.Errorf("%s: waited %s", c.name, waited)
		}
	}
}

func TestErrorsOfARenameNameBothFiles(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "none"), filepath.Join(dir, "x")
	err := Rename(from, to)
	if want := "rename " + from + " " + to + ": "; err == nil || len(err.Error()) < len(want) ||
		err.Error()[:len(want)] != want {
		t.Errorf("%v, want %s…", err, want)
	}
}
