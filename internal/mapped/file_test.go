package mapped

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/amdim/amdim/internal/regular"
)

// written is a file of the given content.
func written(t *testing.T, content []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

func open(t *testing.T, name string) *File {
	t.Helper()
	f, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestReadAtIsThatOfTheFile(t *testing.T) {
	for _, size := range []int{0, 1, 4095, 4096, 4097} {
		content := make([]byte, size)
		for i := range content {
			content[i] = uint8(i * 7)
		}
		f := open(t, written(t, content))
		want := bytes.NewReader(content)
		for _, at := range []int64{0, 1, 4000, 4096, 4097, 5000, 1 << 62} {
			for _, n := range []int{0, 1, 97, 5000} {
				a, b := make([]byte, n), make([]byte, n)
				na, errA := f.ReadAt(a, at)
				nb, errB := want.ReadAt(b, at)
				if na != nb || !bytes.Equal(a, b) || n > 0 && errA != errB {
					t.Errorf("%d bytes at %d of %d: %d, %v, want %d, %v", n, at, size, na, errA, nb, errB)
				}
			}
		}
		if f.Size() != int64(size) {
			t.Errorf("size %d, want %d", f.Size(), size)
		}
		if _, err := f.ReadAt(make([]byte, 1), -1); !errors.Is(err, io.EOF) {
			t.Errorf("at -1: %v", err)
		}
	}
}

// A file that is cut while it is in use is an error and not the end of the
// program; what is left of it is still read.
func TestAFileThatBecomesShorterIsAnError(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a mapped file cannot be cut here")
	}
	name := written(t, bytes.Repeat([]byte{7}, 1<<20))
	f := open(t, name)
	if err := os.Truncate(name, 1<<16); err != nil {
		t.Fatal(err)
	}
	p := make([]byte, 100)
	if _, err := f.ReadAt(p, 1<<19); err == nil || !strings.Contains(err.Error(), name+": became shorter") {
		t.Errorf("error %v", err)
	}
	if _, err := f.ReadAt(p, 1<<15); err != nil || p[99] != 7 {
		t.Errorf("what is left: %v, %d", err, p[99])
	}
}

func TestOpenRefusesWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{dir, os.DevNull} {
		if _, err := Open(name); !errors.As(err, new(regular.Error)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Open(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nothing: %v", err)
	}
}
