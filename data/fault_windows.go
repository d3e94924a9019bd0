package data

import "golang.org/x/sys/windows"

// systemFaults are the errors of reading a file that do not speak of this file alone: of a
// disk, a network or a server, and of resources that this process lacks. What package
// syscall calls EIO here is none of them.
var systemFaults = []error{
	windows.ERROR_TOO_MANY_OPEN_FILES, windows.ERROR_NOT_ENOUGH_MEMORY, windows.ERROR_OUTOFMEMORY,
	windows.ERROR_NO_SYSTEM_RESOURCES,
	windows.ERROR_NOT_READY, windows.ERROR_CRC, windows.ERROR_GEN_FAILURE, windows.ERROR_IO_DEVICE,
	windows.ERROR_DEVICE_NOT_CONNECTED,
	windows.ERROR_REM_NOT_LIST, windows.ERROR_BAD_NETPATH, windows.ERROR_DEV_NOT_EXIST,
	windows.ERROR_UNEXP_NET_ERR, windows.ERROR_NETNAME_DELETED, windows.ERROR_BAD_NET_NAME,
	windows.ERROR_SEM_TIMEOUT, windows.ERROR_NETWORK_UNREACHABLE, windows.ERROR_CONNECTION_ABORTED,
}
