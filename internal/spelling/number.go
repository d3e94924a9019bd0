package spelling

import (
	"fmt"
	"strconv"
)

// Grouped writes a whole number with commas: 105,000.
func Grouped(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// Figures writes a number with three significant figures, more where they stand before
// the point: 0.01, 2.00, 31.4, 105, 105,000.
func Figures(x float64) string {
	switch {
	case x >= 999.5:
		return Grouped(int(x + 0.5))
	case x >= 99.95:
		return fmt.Sprintf("%.0f", x)
	case x >= 9.995:
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.2f", x)
}

// Bytes writes a size of files or an amount of traffic: 0.50 kB, 26.4 MB, 1.20 GB.
func Bytes(n int64) string {
	x, unit := float64(n)/1e3, "kB"
	for _, u := range []string{"MB", "GB"} {
		if x < 999.5 {
			break
		}
		x, unit = x/1000, u
	}
	return Figures(x) + " " + unit
}
