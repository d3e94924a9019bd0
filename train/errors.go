package train

import "errors"

// Reasons for which Run refuses a folder.
var (
	ErrExists    = errors.New("the folder holds a run")
	ErrNoneThere = errors.New("the folder holds no run")
)
