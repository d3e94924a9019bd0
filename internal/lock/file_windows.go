package lock

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// Files says whether File can lock files.
const Files = true

// File locks a file that is open until both it and held are closed, or the process ends, however
// it ends; it may be renamed meanwhile if it was opened so. The error wraps ErrHeld where another
// one has it, and is another one on a file system without locks.
func File(f *os.File) (held *os.File, err error) {
	// Others can neither read nor write what is locked: a byte behind the end of any file is.
	last := windows.Overlapped{Offset: 1<<32 - 2, OffsetHigh: 1<<31 - 1}
	const now = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	h := windows.Handle(f.Fd())
	err = windows.LockFileEx(h, now, 0, 1, 0, &last)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return nil, ErrHeld
	}
	if err != nil {
		return nil, os.NewSyscallError("LockFileEx", err)
	}
	// A second handle of the open file: the lock lasts until the last one is closed.
	process := windows.CurrentProcess()
	var again windows.Handle
	err = windows.DuplicateHandle(process, h, process, &again, 0, false, windows.DUPLICATE_SAME_ACCESS)
	if err != nil {
		return nil, os.NewSyscallError("DuplicateHandle", err)
	}
	return os.NewFile(uintptr(again), f.Name()), nil
}
