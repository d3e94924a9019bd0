package lock

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
)

const (
	accessDelete          = 0x00010000 // DELETE of winnt.h, which the flag below needs
	flagDeleteOnClose     = 0x04000000 // FILE_FLAG_DELETE_ON_CLOSE of winbase.h
	errorSharingViolation = syscall.Errno(32)
)

// Folder keeps others who ask out of a folder until it is closed or the process
// ends, however it ends: a file that nobody else may open and that goes with its
// handle, for a folder cannot be locked here.
func Folder(folder string) (*os.File, error) {
	path := filepath.Join(folder, Name)
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	h, err := syscall.CreateFile(name, syscall.GENERIC_WRITE|accessDelete, 0, nil, syscall.OPEN_ALWAYS,
		flagDeleteOnClose, 0)
	if errors.Is(err, errorSharingViolation) {
		return nil, ErrHeld
	}
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: path, Err: err}
	}
	return os.NewFile(uintptr(h), path), nil
}
