//go:build !noasm

package parallel

// pause runs n ≥ 1 PAUSE instructions, leaving the core to its other hardware thread.
//
//go:noescape
func pause(n int)
