package train

import (
	"errors"
	"fmt"
	"os"
)

// errLocked is what lock returns where another training holds the folder.
var errLocked = errors.New("locked")

// occupy makes the folder of a run and locks it. Whether the run may have it is
// asked again, for another one may have begun there since it was asked first.
func occupy(o Options) (*os.File, error) {
	if err := os.MkdirAll(o.Out, 0o755); err != nil {
		return nil, fmt.Errorf("train: run folder: %w", err)
	}
	f, err := lock(o.Out)
	if errors.Is(err, errLocked) {
		return nil, fmt.Errorf("train: %s: %w: let it end or stop it, or choose another folder", o.Out, ErrBusy)
	}
	if err != nil {
		return nil, fmt.Errorf("train: run folder: %w", err)
	}
	if err := CheckFolder(o); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
