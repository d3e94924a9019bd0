package regular

import (
	"io/fs"
	"os"

	"golang.org/x/sys/windows"
)

// openShared opens a file that may be renamed or replaced while it is open: os.Open would keep
// a training run from replacing the checkpoint being read with its next one, and those who embed
// a collection anew from replacing the vectors that a server is reading.
func openShared(path string) (*os.File, error) {
	return Shared(path, windows.GENERIC_READ, windows.OPEN_EXISTING)
}

// Shared opens or makes a file that may be renamed while it is open; access and how are those of
// CreateFile.
func Shared(path string, access, how uint32) (*os.File, error) {
	const all = windows.FILE_SHARE_READ | windows.FILE_SHARE_WRITE | windows.FILE_SHARE_DELETE
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	h, err := windows.CreateFile(name, access, all, nil, how, windows.FILE_ATTRIBUTE_NORMAL, 0)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	return os.NewFile(uintptr(h), path), nil
}
