package memory

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

const where = ""

var (
	kernel32             = windows.NewLazySystemDLL("kernel32.dll")
	globalMemoryStatusEx = kernel32.NewProc("GlobalMemoryStatusEx")
	getProcessMemoryInfo = kernel32.NewProc("K32GetProcessMemoryInfo")
)

// machine is MEMORYSTATUSEX of sysinfoapi.h.
type machine struct {
	length, load     uint32
	physical, unused uint64 // the latter with the cache of files, which is given up
	_                [5]uint64
}

// status is that of the machine, zero where Windows does not tell: it fills what is as long as
// length says.
func status() machine {
	var m machine
	m.length = uint32(unsafe.Sizeof(m))
	if ok, _, _ := globalMemoryStatusEx.Call(uintptr(unsafe.Pointer(&m))); ok == 0 {
		return machine{}
	}
	return m
}

func limit(string) uint64     { return status().physical }
func available(string) uint64 { return status().unused }

// counters is PROCESS_MEMORY_COUNTERS of psapi.h.
type counters struct {
	length, faults uint32
	peak           uintptr // of the working set
	_              [7]uintptr
}

func peak() uint64 {
	var c counters
	c.length = uint32(unsafe.Sizeof(c)) // how much of it is filled
	ok, _, _ := getProcessMemoryInfo.Call(uintptr(windows.CurrentProcess()), uintptr(unsafe.Pointer(&c)),
		uintptr(c.length))
	if ok == 0 {
		return 0
	}
	return uint64(c.peak)
}

func resetPeak() bool { return false }
