package train

import (
	"errors"
	"fmt"
	"os"

	"github.com/amdim/amdim/internal/lock"
)

// Hold makes a folder, if there is none, and locks it until the returned file is closed. Training
// runs, and other callers of Hold, then get ErrBusy.
func Hold(folder string) (*os.File, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, fmt.Errorf("train: run folder: %w", err)
	}
	f, err := lock.Folder(folder)
	if errors.Is(err, lock.ErrHeld) {
		return nil, fmt.Errorf("train: %s: %w: let it finish or stop it, or choose another folder", folder, ErrBusy)
	}
	if err != nil {
		return nil, fmt.Errorf("train: run folder: %w", err)
	}
	return f, nil
}

// occupy holds the folder of a run. It checks again whether the run may have it,
// because another may have begun there since the first check.
func occupy(o Options) (*os.File, error) {
	f, err := Hold(o.Out)
	if err != nil {
		return nil, err
	}
	if err := CheckFolder(o); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
