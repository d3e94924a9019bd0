package embedding

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"

	"github.com/amdim/amdim/internal/lock"
	"github.com/amdim/amdim/internal/regular"
)

// Hold locks a set that exists, until the result is closed or the process ends. Another process
// that calls Hold meanwhile gets ErrBusy. If two processes updated a set at once, one would lose
// what the other has found. Load and Save do not look at the lock. On a file system without locks,
// and on Windows, where not every file system replaces a file that is open, Hold keeps nobody out.
func Hold(path string) (io.Closer, error) {
	if runtime.GOOS == "windows" {
		return io.NopCloser(nil), nil
	}
	for {
		f, err := regular.Open(path)
		if err != nil {
			return nil, fmt.Errorf("embedding: %w", err)
		}
		held, err := lock.File(f)
		f.Close()
		switch {
		case errors.Is(err, lock.ErrHeld):
			return nil, fmt.Errorf("embedding: %s: %w", path, ErrBusy)
		case err != nil:
			return io.NopCloser(nil), nil
		case names(path, held):
			return held, nil
		}
		held.Close() // another one has just replaced it
	}
}

// names reports whether path still leads to a file.
func names(path string, f *os.File) bool {
	is, err := f.Stat()
	there, errThere := os.Stat(path)
	return err != nil || errThere != nil || os.SameFile(is, there)
}
