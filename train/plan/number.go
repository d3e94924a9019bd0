package plan

import (
	"fmt"
	"math"
	"strings"

	"github.com/amdim/amdim/internal/spelling"
)

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

// figures writes a number with three significant figures, small whole ones without a point.
func figures(x float64) string {
	if x == math.Trunc(x) && x < 1000 {
		return fmt.Sprintf("%.0f", x)
	}
	return spelling.Figures(x)
}

// scalars writes a number of parameters: 3.22 M.
func scalars(n int) string { return strings.TrimSpace(short(float64(n))) }

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

// took writes the time of an update.
func took(seconds float64) string {
	if seconds < 0.9995 {
		return milliseconds(seconds)
	}
	return spelling.Figures(seconds) + " s"
}

// duration writes seconds as people say them, in at most two units: 2 min 20 s.
func duration(seconds float64) string {
	s := int(math.Round(seconds))
	switch {
	case seconds < 0.1:
		return milliseconds(seconds)
	case seconds < 10:
		return fmt.Sprintf("%.1f s", seconds)
	case s < 100:
		return fmt.Sprintf("%d s", s)
	}
	return spelling.Seconds(s)
}
