//go:build !windows

package durable

import "os"

func rename(from, to string) error { return os.Rename(from, to) }

// create makes a file that is not there; openLeft opens one to lock it.
func create(name string) (*os.File, error) {
	return os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
}

func openLeft(name string) (*os.File, error) { return os.OpenFile(name, os.O_WRONLY, 0) }
