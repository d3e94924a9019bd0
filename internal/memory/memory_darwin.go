package memory

import "golang.org/x/sys/unix"

const where = ""

func limit(string) uint64 {
	n, err := unix.SysctlUint64("hw.memsize")
	if err != nil {
		return 0
	}
	return n
}

// available is that of the whole machine: the share in use is not told without
// cgo.
func available(root string) uint64 { return limit(root) }
