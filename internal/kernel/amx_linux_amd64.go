//go:build !noasm

package kernel

import (
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/cpu"
)

// hasAMX reports whether AMX can be used alongside AVX-512, asking the operating
// system's kernel for permission once. AMDIM_AMX=emulated promises that whoever runs
// this process traps the instructions and carries them out.
var hasAMX = sync.OnceValue(func() bool {
	if os.Getenv("AMDIM_AMX") == "emulated" {
		return true
	}
	if !cpu.X86.HasAMXTile || !cpu.X86.HasAMXBF16 || !hasAVX512() {
		return false
	}
	const (
		reqXCompPerm = 0x1023 // ARCH_REQ_XCOMP_PERM, Linux 5.16
		tileData     = 18     // XFEATURE_XTILEDATA
	)
	_, _, errno := syscall.RawSyscall(syscall.SYS_ARCH_PRCTL, reqXCompPerm, tileData, 0)
	return errno == 0
})
