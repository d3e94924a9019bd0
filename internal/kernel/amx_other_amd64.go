//go:build !linux && !noasm

package kernel

// hasAMX reports that AMX is used on Linux only, where it was tried.
func hasAMX() bool { return false }
