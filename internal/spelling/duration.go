package spelling

import (
	"fmt"
	"time"
)

// Duration writes a time as people say it, in at most two units: 2 min 20 s.
func Duration(d time.Duration) string { return Seconds(int(d.Round(time.Second) / time.Second)) }

// Seconds is Duration of a time that may be longer than a time.Duration can be.
func Seconds(s int) string {
	switch {
	case s < 60:
		return fmt.Sprintf("%d s", s)
	case s < 3600:
		return fmt.Sprintf("%d min %d s", s/60, s%60)
	case s < 48*3600:
		m := (s + 30) / 60
		return fmt.Sprintf("%d h %d min", m/60, m%60)
	}
	h := (s + 1800) / 3600
	if h >= 240 {
		return Grouped((h+12)/24) + " days"
	}
	return fmt.Sprintf("%d days %d h", h/24, h%24)
}
