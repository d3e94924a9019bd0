package lock

import "errors"

// Name is a file that a folder may hold while it is locked, on Windows.
const Name = "run.lock"

// ErrHeld is in the error of Folder or File where another one has it.
var ErrHeld = errors.New("another process has locked it")
