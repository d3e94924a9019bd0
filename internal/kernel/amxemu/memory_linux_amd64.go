package amxemu

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// memory is that of the process with this id, as far as the process itself may use it: to
// /proc/PID/mem a page that a test has protected is like any other.
type memory int

// read sets b to what is at addr.
func (m memory) read(b []byte, addr int64) error { return m.move(unix.ProcessVMReadv, b, addr) }

// write sets what is at addr to b.
func (m memory) write(b []byte, addr int64) error { return m.move(unix.ProcessVMWritev, b, addr) }

func (m memory) move(
	call func(pid int, local []unix.Iovec, remote []unix.RemoteIovec, flags uint) (int, error),
	b []byte, addr int64,
) error {
	local := []unix.Iovec{{Base: &b[0]}}
	local[0].SetLen(len(b))
	n, err := call(int(m), local, []unix.RemoteIovec{{Base: uintptr(addr), Len: len(b)}}, 0)
	if err == nil && n < len(b) {
		err = syscall.EFAULT
	}
	return err
}
