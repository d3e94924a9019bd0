package train

import "errors"

// Reasons for which Run refuses a folder.
var (
	ErrExists    = errors.New("the folder holds a run")
	ErrResults   = errors.New("a run whose checkpoints are gone has left results in the folder")
	ErrNoneThere = errors.New("the folder holds no run")
	ErrBusy      = errors.New("another training run is using the folder")
)

// ErrUnreadable is why a run stops after meeting more unreadable images than
// [AllowedUnreadable].
var ErrUnreadable = errors.New("too many images cannot be read")
