//go:build !windows

package data

import "syscall"

// systemFaults are the errors of reading a file that do not speak of this file alone: of
// resources that this process lacks, of a disk, and of a network disk whose server or
// connection is lost (NFS, CIFS, FUSE).
var systemFaults = []error{
	syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM,
	syscall.EIO, syscall.ENODEV,
	syscall.ESTALE, syscall.ENOTCONN, syscall.ETIMEDOUT, syscall.EHOSTDOWN, syscall.EHOSTUNREACH,
	syscall.ECONNABORTED, syscall.ECONNRESET,
}
