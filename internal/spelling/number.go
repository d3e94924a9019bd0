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
