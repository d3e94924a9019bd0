package engine

import (
	"errors"
	"fmt"
	"testing"
)

func TestAMemoryErrorSaysWhatFits(t *testing.T) {
	const giB = 1 << 30
	full := errors.New("the device is full")
	for _, c := range []struct {
		room int64
		fit  int
		want string
	}{
		{0, 0, ": take half of it, or less"},
		{1 * giB, 0, "; there are 1.0, in which no batch fits"},
		{4 * giB, 200, "; there are 4.0, in which about 200 rows fit"},
		{100 * giB, 500, "; there are 100.0, in which about 500 rows fit"}, // it did not, all the same
	} {
		e := &MemoryError{Program: "step", Rows: 1000, Need: 16 * giB, Grow: 15 * giB, Room: c.room, Err: full}
		want := fmt.Sprintf("out of memory: step with 1000 rows needs about 16.0 GiB, of which 15.0 grow with "+
			"the batch%s: %v", c.want, full)
		if e.Fit() != c.fit || e.Error() != want || !errors.Is(e, full) {
			t.Errorf("%d rows, %v, want %d rows, %s", e.Fit(), e, c.fit, want)
		}
	}
}
