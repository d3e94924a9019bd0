//go:build !windows

package regular

import "os"

// openShared opens a file that may be renamed or replaced while it is open.
func openShared(path string) (*os.File, error) { return os.Open(path) }
