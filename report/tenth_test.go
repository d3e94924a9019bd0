package report

import (
	"math"
	"testing"
)

func TestTenthHasNoNegativeZero(t *testing.T) {
	for x, want := range map[float64]string{
		-0.04: "0.0", math.Copysign(0, -1): "0.0", 0.04: "0.0", -0.06: "-0.1", 3.14: "3.1",
	} {
		if got := tenth(x); got != want {
			t.Errorf("%g: %s, want %s", x, got, want)
		}
	}
}
