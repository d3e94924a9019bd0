//go:build unix && !solaris && !illumos && !aix

package lock

import (
	"errors"
	"os"
	"syscall"
)

// Files says whether File can lock files.
const Files = true

// File locks a file that is open until both it and held are closed, or the process ends, however
// it ends; it may be renamed meanwhile. The error wraps ErrHeld where another one has it, and is
// another one on a file system without locks.
func File(f *os.File) (held *os.File, err error) {
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, ErrHeld
	}
	if err != nil {
		return nil, os.NewSyscallError("flock", err)
	}
	syscall.ForkLock.RLock() // a child would hold it too
	defer syscall.ForkLock.RUnlock()
	// The file opened again would not do: on a share of Windows the lock keeps f from writing then.
	fd, err := syscall.Dup(int(f.Fd()))
	if err != nil {
		return nil, os.NewSyscallError("dup", err)
	}
	syscall.CloseOnExec(fd)
	return os.NewFile(uintptr(fd), f.Name()), nil
}
