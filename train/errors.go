package train

import (
	"errors"
	"fmt"

	"github.com/amdim/amdim/internal/spelling"
)

// Reasons for which Run refuses a folder.
var (
	ErrExists    = errors.New("the folder holds a run")
	ErrResults   = errors.New("a run whose checkpoints are gone has left results in the folder")
	ErrNoneThere = errors.New("the folder holds no run")
	ErrBusy      = errors.New("another training run is using the folder")
)

// errNoDigest refuses images that a resumed run could not tell from others.
var errNoDigest = errors.New(
	"train: Task.Data has an empty Digest: give it a text that no other contents have")

// ErrUnreadable is wrapped by the error of a run that met more unreadable images than
// [AllowedUnreadable].
var ErrUnreadable = errors.New("too many images cannot be read")

// ErrLost is what errors.Is finds in the error of a run whose group has lost a process. Its last checkpoint
// stays, and all processes may resume from it.
var ErrLost = errors.New("a process of the group failed or was lost")

// BatchError is the error for a batch of more images than the data has.
type BatchError struct {
	Data          string // SPEC
	Images, Batch int
}

func (e *BatchError) Error() string {
	return fmt.Sprintf("%s has %s, a batch has %d: lower the batch, to 2 at least, or add images",
		e.Data, spelling.Count(e.Images, "image"), e.Batch)
}

// ScheduleError is the error for a schedule that a resumed run cannot follow.
type ScheduleError struct{ err error }

func (e *ScheduleError) Error() string { return e.err.Error() }
func (e *ScheduleError) Unwrap() error { return e.err }

func scheduleErrorf(format string, args ...any) error {
	return &ScheduleError{fmt.Errorf(format, args...)}
}
