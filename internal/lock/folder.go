package lock

import "errors"

// Name is a file that a folder may hold while it is locked, on Windows.
const Name = "run.lock"

// ErrHeld is in the error of Folder where another one has the folder.
var ErrHeld = errors.New("the folder is locked")
