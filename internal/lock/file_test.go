package lock

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestAFileIsHeldUntilBothAreClosed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	open := func() *os.File {
		t.Helper()
		f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o644)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
	f, other := open(), open()
	held, err := File(f)
	if errors.Is(err, errors.ErrUnsupported) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, closes := range []func() error{f.Close, held.Close} {
		if _, err := File(other); !errors.Is(err, ErrHeld) {
			t.Errorf("held twice: %v", err)
		}
		if err := closes(); err != nil {
			t.Fatal(err)
		}
	}
	again, err := File(other)
	if err != nil {
		t.Fatalf("after it was let go: %v", err)
	}
	again.Close()
}
