package train

import (
	"bytes"
	"fmt"
	"os"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/internal/regular"
	"github.com/amdim/amdim/internal/spelling"
)

// LeaveOut removes from Data the images listed in a file. Data must be complete: no images may
// have been removed from it before.
func (t *Task) LeaveOut(path string) error {
	list, err := data.ReadQuarantine(path)
	if err != nil {
		return fmt.Errorf("train: %w", err)
	}
	set, err := list.Without(t.Data)
	if err != nil {
		return fmt.Errorf("train: %s: %w", path, err)
	}
	t.Data, t.Quarantine = set, list
	return nil
}

// quarantined is how many images the list leaves out.
func (t *Task) quarantined() int {
	if t.Quarantine == nil {
		return 0
	}
	return len(t.Quarantine.Left)
}

// keepQuarantine writes the list into the folder, where a resumed run finds it.
func (t *Task) keepQuarantine(folder string) error {
	if t.Quarantine == nil {
		return nil
	}
	path, text := QuarantinePath(folder), t.Quarantine.Encode()
	if old, err := regular.Read(path); err == nil && bytes.Equal(old, text) {
		return nil
	}
	return replace(path, text)
}

// KeptQuarantine returns the path of the list by which the run in a folder leaves images out; call
// LeaveOut with it before resuming the run. It is empty if d, the data of its checkpoint, says
// that the run has no list.
func KeptQuarantine(folder string, d checkpoint.Data) (string, error) {
	if d.Quarantined == 0 {
		return "", nil
	}
	path := QuarantinePath(folder)
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("resume %s: the run leaves out %s by a list: %w",
			folder, spelling.Count(d.Quarantined, "image"), err)
	}
	return path, nil
}
