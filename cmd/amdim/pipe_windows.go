package main

import (
	"errors"

	"golang.org/x/sys/windows"
)

// readerGone reports whether an error is that nobody reads a pipe any more. What package syscall
// calls EPIPE here is no error of the system.
func readerGone(err error) bool {
	return errors.Is(err, windows.ERROR_NO_DATA) || errors.Is(err, windows.ERROR_BROKEN_PIPE)
}
