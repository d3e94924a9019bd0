package memory

import "testing"

func TestWindowsTellsItsMemory(t *testing.T) {
	most, free, peak := Limit(), Available(), Peak()
	if most < 1<<28 || free == 0 || free > most || peak < 1<<20 || peak > most {
		t.Errorf("%d bytes, %d free, at most %d used by this process", most, free, peak)
	}
}
