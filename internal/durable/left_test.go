package durable

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
)

// TestMain is, for a test, the process that writes a file and is killed.
func TestMain(m *testing.M) {
	if path := os.Getenv("AMDIM_TEST_WRITES"); path != "" {
		f, err := Beside(path)
		if err == nil {
			err = f.Write(saying("half"))
		}
		fmt.Println(filepath.Base(f.file.Name()), err)
		_, _ = io.Copy(io.Discard, os.Stdin) // until it is killed
		runtime.KeepAlive(f)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// writer is another process that has written the file beside path, and its name.
func writer(t *testing.T, path string) (kill func(), name string) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Skip(err)
	}
	c := exec.Command(exe)
	c.Env = append(os.Environ(), "AMDIM_TEST_WRITES="+path)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Skip(err)
	}
	kill = sync.OnceFunc(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	t.Cleanup(kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	if _, scan := fmt.Sscanf(line, "%s <nil>", &name); err != nil || scan != nil {
		t.Fatalf("the other process said %q, %v", line, err)
	}
	return kill, name
}

// locks skips a test where the system has no locks.
func locks(t *testing.T) {
	t.Helper()
	f, err := Beside(filepath.Join(t.TempDir(), "x"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Discard()
	if f.held == nil {
		t.Skip("no locks that end with their process")
	}
}

func TestWhatAKillLeftIsRemovedByTheNextWriter(t *testing.T) {
	locks(t)
	for what, remove := range map[string]func(path string) error{
		"Replace":    func(path string) error { return Replace(path, saying("new")) },
		"RemoveLeft": func(path string) error { return RemoveLeft(filepath.Dir(path)) },
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, "x")
		if err := Replace(path, saying("new")); err != nil {
			t.Fatal(err)
		}
		first, one := writer(t, path)
		second, two := writer(t, path)
		for i, want := range [][]string{{one, two, "x"}, {two, "x"}, {"x"}} {
			if i == 1 {
				first()
			} else if i == 2 {
				second()
			}
			if err := remove(path); err != nil {
				t.Fatal(err)
			}
			if got := names(t, dir); !slices.Equal(got, want) {
				t.Errorf("%s, %d killed: files %q, want %q", what, i, got, want)
			}
		}
		holds(t, path, "new")
	}
}

// What is left beside a file that is to be read alone is to be read alone, too, and root, who
// may write it all the same, sees no difference.
func TestWhatIsLeftBesideAReadOnlyFileIsRemoved(t *testing.T) {
	locks(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "x")
	if err := os.WriteFile(path, []byte("old"), 0o444); err != nil {
		t.Fatal(err)
	}
	kill, _ := writer(t, path)
	kill()
	if runtime.GOOS == "windows" { // which does not replace it
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := Replace(path, saying("new")); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); !slices.Equal(got, []string{"x"}) {
		t.Errorf("files %q", got)
	}
}

// A gap in the names is no end of what was left.
func TestTheSecondOfTwoThatAreLeftIsRemoved(t *testing.T) {
	locks(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "x")
	first, err := Beside(path)
	if err != nil {
		t.Fatal(err)
	}
	kill, _ := writer(t, path)
	kill()
	if err := first.Discard(); err != nil {
		t.Fatal(err)
	}
	if err := Replace(path, saying("new")); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); !slices.Equal(got, []string{"x"}) {
		t.Errorf("files %q", got)
	}
}

// A file that was just made is not yet held: whoever takes it for left must not break it.
func TestManyWritersOfOneFileDoNotDisturbEachOther(t *testing.T) {
	locks(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "x")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				if err := Replace(path, saying("whole")); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	holds(t, path, "whole")
	if err := Replace(path, saying("whole")); err != nil {
		t.Error(err)
	}
	if got := names(t, dir); !slices.Equal(got, []string{"x"}) {
		t.Errorf("files %q", got)
	}
}
