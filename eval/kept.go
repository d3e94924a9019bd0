package eval

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/amdim/amdim/internal/regular"
)

// ReadKept reads a file that an evaluation keeps in the folder of a run, by ReadResult,
// ReadCurve or ReadSegmented; nil where there is none.
func ReadKept[R any](path string, read func([]byte) (*R, error)) (*R, error) {
	text, err := regular.Read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var kept *R
	if err == nil {
		kept, err = read(text)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return kept, nil
}
