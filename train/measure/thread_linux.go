package measure

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// onThread runs f and returns the processor time in seconds that it took: that
// of its thread, so that other goroutines and programs do not count.
func onThread(f func()) float64 {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	began := threadTime()
	f()
	return (threadTime() - began).Seconds()
}

func threadTime() time.Duration {
	var t unix.Timespec
	if unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t) != nil {
		return 0
	}
	return time.Duration(t.Nano())
}
