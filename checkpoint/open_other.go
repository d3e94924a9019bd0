//go:build !windows

package checkpoint

import "os"

// openShared opens a file that may be renamed while it is open.
func openShared(path string) (*os.File, error) { return os.Open(path) }
