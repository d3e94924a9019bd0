package plan

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Count writes a whole number with commas: 105,000.
func Count(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// Bytes writes a number of bytes in binary units: 1.2 GiB.
func Bytes(n int64) string {
	x, unit := float64(n), "B"
	for _, u := range []string{"KiB", "MiB", "GiB", "TiB"} {
		if math.Abs(x) < 999.5 {
			break
		}
		x, unit = x/1024, u
	}
	return figures(x) + " " + unit
}

// short writes a number with a decimal prefix, ready for its unit: "3.2 M", "950 ".
func short(x float64) string {
	unit := ""
	for _, u := range []string{"k", "M", "G", "T", "P", "E"} {
		if x < 999.5 {
			break
		}
		x, unit = x/1000, u
	}
	return figures(x) + " " + unit
}

// scalars writes a number of parameters: 3.22 M.
func scalars(n int) string { return strings.TrimSpace(short(float64(n))) }

// figures writes a number with three significant figures.
func figures(x float64) string {
	switch {
	case x == math.Trunc(x) && x < 1000 || x >= 99.95:
		return fmt.Sprintf("%.0f", x)
	case x >= 9.995:
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.2f", x)
}

// Plural writes a number with a word: 1 update, 2,000 updates.
func Plural(n int, word string) string {
	if n != 1 {
		word += "s"
	}
	return Count(n) + " " + word
}

func milliseconds(seconds float64) string {
	switch ms := 1000 * seconds; {
	case ms < 0.01:
		return "under 0.01 ms"
	case ms < 10:
		return fmt.Sprintf("%.2f ms", ms)
	default:
		return fmt.Sprintf("%.0f ms", ms)
	}
}

// Duration writes seconds as people say them, in at most two units: 2 min 20 s.
func Duration(seconds float64) string {
	s := int64(math.Round(seconds))
	switch {
	case seconds < 10:
		return fmt.Sprintf("%.1f s", seconds)
	case s < 100:
		return fmt.Sprintf("%d s", s)
	case s < 3600:
		return fmt.Sprintf("%d min %d s", s/60, s%60)
	case s < 48*3600:
		m := (s + 30) / 60
		return fmt.Sprintf("%d h %d min", m/60, m%60)
	}
	h := (s + 1800) / 3600
	if h >= 240 {
		return fmt.Sprintf("%s days", Count(int((h+12)/24)))
	}
	return fmt.Sprintf("%d days %d h", h/24, h%24)
}
