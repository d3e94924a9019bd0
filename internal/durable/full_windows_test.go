package durable

import (
	"errors"
	"io/fs"
	"testing"

	"golang.org/x/sys/windows"
)

func TestErrorsOfAFullDiskAreThoseOfWindows(t *testing.T) {
	for err, want := range map[error][2]bool{
		windows.ERROR_DISK_FULL: {true, false}, windows.ERROR_HANDLE_DISK_FULL: {true, false},
		windows.ERROR_DISK_QUOTA_EXCEEDED: {true, false}, windows.ERROR_WRITE_PROTECT: {false, true},
		windows.ERROR_ACCESS_DENIED: {false, false}, errors.New("full"): {false, false},
	} {
		err = &fs.PathError{Op: "write", Path: "x", Err: err}
		if got := [2]bool{Full(err), ReadOnly(err)}; got != want {
			t.Errorf("%v: full, read-only %v, want %v", err, got, want)
		}
	}
}
