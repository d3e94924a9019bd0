package tensor

import (
	"math"
	"testing"
)

func TestNonFiniteIsTheFirstOfSuchNumbers(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	for _, c := range []struct {
		v    []float32
		want int
	}{
		{nil, -1},
		{[]float32{0, -0.5, math.MaxFloat32, -math.MaxFloat32, math.SmallestNonzeroFloat32}, -1},
		{[]float32{nan}, 0},
		{[]float32{1, inf, nan}, 1},
		{[]float32{1, 2, -inf}, 2},
	} {
		if got := NonFinite(c.v); got != c.want {
			t.Errorf("NonFinite(%v) = %d, want %d", c.v, got, c.want)
		}
	}
}
