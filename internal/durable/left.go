package durable

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"github.com/amdim/amdim/internal/lock"
	"github.com/amdim/amdim/internal/regular"
)

// mostNames is how many files may stand beside one at a time; so many need a fault.
const mostNames = 1000

// nameOf is the n-th name of a temporary file beside target. It tells the host: a lock on a
// file system that several share may be known on one only.
func nameOf(target string, n int) string {
	name := fmt.Sprintf(".%s-%s-%d.tmp", short(filepath.Base(target)), host(), n)
	return filepath.Join(filepath.Dir(target), name)
}

// short is a name that leaves room for what is added to it: file systems allow 255 bytes.
func short(name string) string {
	return strings.ToValidUTF8(name[:min(len(name), 200)], "")
}

// host tells this host from others by a hash of its name.
var host = sync.OnceValue(func() string {
	name, _ := os.Hostname() // without, it is one of those that have none
	hash := sha256.Sum256([]byte(name))
	return fmt.Sprintf("%x", hash[:4])
})

// createHeld makes the file of a name and holds it. Between the two another process may take it
// for one that was left: it is as if the name was not free then.
func createHeld(name string) (f, held *os.File, err error) {
	f, err = create(name)
	if err != nil {
		return nil, nil, err
	}
	held, err = lock.File(f)
	if errors.Is(err, lock.ErrHeld) || err == nil && !isAt(f, name) {
		f.Close()
		if held != nil {
			held.Close()
		}
		return nil, nil, fs.ErrExist
	}
	return f, held, nil
}

// isAt reports whether an open file still has a name.
func isAt(f *os.File, name string) bool {
	is, err := f.Stat()
	if err != nil {
		return false
	}
	now, err := os.Lstat(name)
	return err == nil && os.SameFile(is, now)
}

// removeLeft removes the file of a name and reports whether it did. One that a living process
// holds stays, as do all where the system has no locks. It is removed while it is held, so
// that its name is that of no other file by then.
func removeLeft(name string) bool {
	if info, err := os.Lstat(name); err != nil || !info.Mode().IsRegular() {
		return false
	}
	f, err := openLeft(name)
	if errors.Is(err, fs.ErrPermission) { // as of a file that is to be read alone
		f, err = regular.Open(name)
	}
	if err != nil {
		return false
	}
	defer f.Close()
	held, err := lock.File(f)
	if err != nil {
		return false
	}
	defer held.Close()
	return isAt(f, name) && os.Remove(name) == nil
}

// RemoveLeft removes what processes of this host that were killed left in a folder: the
// temporary files beside any file, but for those that living ones hold.
func RemoveLeft(folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	ours := regexp.MustCompile(`^\..+-` + host() + `-[0-9]+\.tmp$`)
	for _, e := range entries {
		if ours.MatchString(e.Name()) {
			removeLeft(filepath.Join(folder, e.Name()))
		}
	}
	return nil
}
