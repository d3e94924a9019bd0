package memory

import "os"

func peak() uint64 { return field("/proc/self/status", "VmHWM:", 1<<10) }

// resetPeak writes the 5 of proc(5), section clear_refs.
func resetPeak() bool { return os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) == nil }
