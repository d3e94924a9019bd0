//go:build !linux

package measure

import "time"

// onThread runs f and returns the seconds that it took.
func onThread(f func()) float64 {
	began := time.Now()
	f()
	return time.Since(began).Seconds()
}
