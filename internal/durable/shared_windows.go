package durable

import (
	"errors"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/windows"

	"github.com/amdim/amdim/internal/regular"
)

// rename puts a file in the place of another one of its folder, though it may be read: os.Rename
// would be refused, an os.Root renames as POSIX has it where the file system can (NTFS can).
func rename(from, to string) error {
	folder, err := os.OpenRoot(filepath.Dir(to))
	if err != nil {
		return err
	}
	defer folder.Close()
	err = patiently(time.Sleep, func() error { return folder.Rename(filepath.Base(from), filepath.Base(to)) })
	if at := new(os.LinkError); errors.As(err, &at) {
		err = &os.LinkError{Op: "rename", Old: from, New: to, Err: at.Err}
	}
	return err
}

// create makes a file that is not there, and that may be renamed while it is open.
func create(name string) (*os.File, error) {
	return regular.Shared(name, windows.GENERIC_WRITE, windows.CREATE_NEW)
}

// openLeft opens a file to lock it, and keeps no living process from renaming it.
func openLeft(name string) (*os.File, error) {
	return regular.Shared(name, windows.GENERIC_WRITE, windows.OPEN_EXISTING)
}

// patiently tries again for two seconds, as the go command does: scanners for viruses, indexers
// and backups open a new file for a moment, and let nobody rename it meanwhile.
func patiently(sleep func(time.Duration), try func() error) error {
	const most = 2 * time.Second
	wait, waited := time.Millisecond, time.Duration(0)
	for {
		err := try()
		busy := errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_ACCESS_DENIED)
		if !busy || waited >= most {
			return err
		}
		sleep(wait)
		waited += wait
		wait = min(2*wait, 200*time.Millisecond)
	}
}
