package memory

import (
	"runtime"
	"testing"
)

func TestPeakCountsWhatWasTouched(t *testing.T) {
	if !ResetPeak() {
		t.Skip("the system does not let the peak begin again")
	}
	before := Peak()
	const size = 64 << 20
	b := make([]byte, size)
	for i := 0; i < size; i += 4096 {
		b[i] = 1
	}
	if after := Peak(); after < before+size*3/4 {
		t.Errorf("%d bytes, then %d with 64 MiB more", before, after)
	}
	runtime.KeepAlive(b)
}
