//go:build !linux && !noasm

package kernel

// hasAMX is false here: AMX is used only on Linux, where it was tried.
func hasAMX() bool { return false }
