//go:build !noasm

package parallel

// pause runs n ≥ 1 PAUSE instructions: it leaves the core to the other thread on it.
//
//go:noescape
func pause(n int)
