package durable

import (
	"errors"

	"golang.org/x/sys/windows"
)

// Full reports whether there is no room for a file: the disk is full, or the quota. What package
// syscall calls ENOSPC here is no error of the system.
func Full(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL) ||
		errors.Is(err, windows.ERROR_DISK_QUOTA_EXCEEDED)
}

// ReadOnly reports whether a file system takes no files.
func ReadOnly(err error) bool { return errors.Is(err, windows.ERROR_WRITE_PROTECT) }
