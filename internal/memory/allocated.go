package memory

import "runtime"

// Allocated is the number of bytes that this program has allocated so far, whether or not
// they are still in use.
func Allocated() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.TotalAlloc)
}
