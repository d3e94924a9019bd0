//go:build unix

package measure

import "golang.org/x/sys/unix"

// Processor returns the processor time of this process in seconds, over all
// cores; 0: not known.
func Processor() float64 {
	var u unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &u) != nil {
		return 0
	}
	seconds := func(t unix.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }
	return seconds(u.Utime) + seconds(u.Stime)
}
