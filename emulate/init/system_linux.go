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

// powerOff ends Bochs by what it listens for: the word at port 0x8900.
func powerOff() error {
	const shutdownPort = 0x8900
	port, err := os.OpenFile("/dev/port", os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer port.Close()
	for _, c := range []byte("Shutdown") {
		if _, err := port.WriteAt([]byte{c}, shutdownPort); err != nil {
			return err
		}
	}
	return nil
}
