package memory

import "testing"

func TestImagesTakeAQuarter(t *testing.T) {
	for limit, want := range map[uint64]int64{0: 2 << 30, 400: 100, 64 << 30: 16 << 30, 1<<64 - 1: 1<<62 - 1} {
		if got := imageShare(limit); got != want {
			t.Errorf("%d bytes of %d, want %d", got, limit, want)
		}
	}
}
