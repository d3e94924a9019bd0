//go:build !windows

package durable

import (
	"errors"
	"syscall"
)

// Full reports whether there is no room for a file: the disk is full, or the quota.
func Full(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }

// ReadOnly reports whether a file system takes no files.
func ReadOnly(err error) bool { return errors.Is(err, syscall.EROFS) }
