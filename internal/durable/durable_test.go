package durable

import (
	"errors"
	"io"
	"os"
	"path/filepath"
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
