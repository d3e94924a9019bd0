package main

import (
	"fmt"
	"os"
	"syscall"
)

// mount mounts what a Go test looks at.
func mount() error {
	systems := [][2]string{{"proc", "/proc"}, {"sysfs", "/sys"}, {"devtmpfs", "/dev"}, {"tmpfs", "/tmp"}}
	for _, m := range systems {
		if err := os.MkdirAll(m[1], 0o755); err != nil {
			return err
		}
		if err := syscall.Mount(m[0], m[1], m[0], 0, ""); err != nil {
			return fmt.Errorf("mount %s: %w", m[1], err)
		}
	}
	return nil
}

// powerOff returns only if it fails.
func powerOff() error {
	const tcsbrk = 0x5409 // with 1, tcdrain: what is not yet sent is lost
	syscall.Syscall(syscall.SYS_IOCTL, 1, tcsbrk, 1)
	return syscall.Reboot(syscall.LINUX_REBOOT_CMD_POWER_OFF)
}
