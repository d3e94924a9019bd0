package durable

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// saying writes a text.
func saying(text string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, text); return err }
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func holds(t *testing.T, path, want string) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%s holds %q, %v, want %q", path, got, err, want)
	}
}

func TestReplaceTouchesNoOtherFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x")
	others := []string{".x-0.tmp", "x.tmp"}
	for _, name := range others {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, text := range []string{"first", "second"} {
		if err := Replace(path, saying(text)); err != nil {
			t.Fatal(err)
		}
		holds(t, path, text)
	}
	if got := names(t, dir); !slices.Equal(got, []string{".x-0.tmp", "x", "x.tmp"}) {
		t.Errorf("files %q", got)
	}
	for _, name := range others {
		holds(t, filepath.Join(dir, name), "mine")
	}
}

func TestReplaceThatFailsLeavesTheOldFile(t *testing.T) {
	dir := t.TempDir()
	path, broken := filepath.Join(dir, "x"), errors.New("broken")
	if err := Replace(path, saying("old")); err != nil {
		t.Fatal(err)
	}
	err := Replace(path, func(w io.Writer) error { return errors.Join(saying("new")(w), broken) })
	if !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	func() {
		defer func() { _ = recover() }()
		_ = Replace(path, func(io.Writer) error { panic("half way") })
	}()
	holds(t, path, "old")
	if got := names(t, dir); len(got) != 1 {
		t.Errorf("files %q", got)
	}
}

func TestReplaceFileMayGoBack(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x")
	err := ReplaceFile(path, func(f *os.File) error {
		_, first := io.WriteString(f, "old end")
		_, back := f.WriteAt([]byte("new"), 0)
		return errors.Join(first, back)
	})
	if err != nil {
		t.Fatal(err)
	}
	holds(t, path, "new end")
	if got := names(t, dir); len(got) != 1 {
		t.Errorf("files %q", got)
	}
}

func TestErrorsNameTheFileThatTheCallerKnows(t *testing.T) {
	dir := t.TempDir()
	missing, folder := filepath.Join(dir, "none", "x"), filepath.Join(dir, "folder")
	if err := os.MkdirAll(filepath.Join(folder, "full"), 0o755); err != nil {
		t.Fatal(err)
	}
	err := Replace(missing, saying("x"))
	if !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), "write "+missing+": ") {
		t.Errorf("missing folder: %v", err)
	}
	err = Replace(folder, saying("x"))
	if err == nil || !strings.HasPrefix(err.Error(), "write "+folder+": ") {
		t.Errorf("a folder: %v", err)
	}
	_, other := os.Open(missing)
	if err := Replace(filepath.Join(dir, "x"), func(io.Writer) error { return other }); !errors.Is(err, other) {
		t.Errorf("error of another file: %v", err)
	}
	if got := names(t, dir); !slices.Equal(got, []string{"folder"}) {
		t.Errorf("files %q", got)
	}
}

func TestFilesAreReplacedTogether(t *testing.T) {
	dir := t.TempDir()
	var both []*Temporary
	for _, name := range []string{"a", "b"} {
		path := filepath.Join(dir, name)
		if err := Replace(path, saying("old")); err != nil {
			t.Fatal(err)
		}
		f, err := Beside(path)
		if err != nil {
			t.Fatal(err)
		}
		both = append(both, f)
		if err := f.Write(saying("new")); err != nil {
			t.Fatal(err)
		}
		holds(t, path, "old")
	}
	if err := both[0].Commit(); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(both[0].Discard(), both[1].Discard()); err != nil {
		t.Fatal(err)
	}
	holds(t, filepath.Join(dir, "a"), "new")
	holds(t, filepath.Join(dir, "b"), "old")
	if got := names(t, dir); len(got) != 2 {
		t.Errorf("files %q", got)
	}
}

func TestReplaceKeepsLinksAndPermissions(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "folder", "x"), filepath.Join(dir, "link")
	if err := errors.Join(os.Mkdir(filepath.Dir(path), 0o755), os.WriteFile(path, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(path, link); err != nil {
		t.Skip(err)
	}
	if err := Replace(link, saying("new")); err != nil {
		t.Fatal(err)
	}
	holds(t, path, "new")
	if to, err := os.Readlink(link); to != path {
		t.Errorf("the link leads to %q, %v", to, err)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode() != 0o600 {
		t.Errorf("%v, %v, want permissions 600", info.Mode(), err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	err := Replace(link, saying("x"))
	if err == nil || !strings.Contains(err.Error(), link+": it is a link that leads") {
		t.Errorf("a link to nothing: %v", err)
	}
	if to, err := os.Readlink(link); to != path {
		t.Errorf("the link to nothing leads to %q, %v", to, err)
	}
	for _, folder := range []string{dir, filepath.Dir(path)} {
		if got := strings.Join(names(t, folder), " "); strings.Contains(got, ".tmp") {
			t.Errorf("files %s", got)
		}
	}
}

func TestReplaceTakesAnyName(t *testing.T) {
	path := filepath.Join(t.TempDir(), strings.Repeat("ä", 127)) // 254 bytes
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Skip(err)
	}
	if err := Replace(path, saying("new")); err != nil {
		t.Fatal(err)
	}
	holds(t, path, "new")
}
