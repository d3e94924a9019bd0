//go:build (!unix && !windows) || solaris || illumos || aix

package lock

import (
	"errors"
	"os"
)

// Files says whether File can lock files.
const Files = false

// File locks nothing and says so.
func File(*os.File) (held *os.File, err error) { return nil, errors.ErrUnsupported }
