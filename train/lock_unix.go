//go:build unix && !solaris && !illumos && !aix

package train

import (
	"errors"
	"os"
	"syscall"
)

// lock keeps other trainings out of a folder until it is closed or the process
// ends, however it ends. It locks the folder itself, so that nothing is left
// behind. A file system without locks keeps nobody out.
func lock(folder string) (*os.File, error) {
	f, err := os.Open(folder)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, errors.Join(errLocked, f.Close())
	}
	return f, nil
}
