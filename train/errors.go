package train

import "errors"

// Reasons for which Run refuses a folder.
var (
	ErrExists    = errors.New("the folder holds a run")
	ErrNoneThere = errors.New("the folder holds no run")
)

// ErrUnreadable is why a run stops that meets too many images it cannot read.
var ErrUnreadable = errors.New("cannot be read, more than the share allowed")
