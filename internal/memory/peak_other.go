//go:build !linux && !darwin && !windows

package memory

func peak() uint64    { return 0 }
func resetPeak() bool { return false }
