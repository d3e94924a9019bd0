package health

import "fmt"

// An engine should be busy at least 95 % of the time; at half, the run takes twice
// as long as necessary.
const (
	waitWarn = 0.05
	waitBad  = 0.5
)

// starved looks for time spent waiting for images. The first record is left out; the one
// after a resume, which also includes the wait for a first batch, cannot be recognised.
func (h *history) starved() (Finding, bool) {
	if len(h.records) < 2 || h.step < h.length() {
		return Finding{}, false
	}
	wait := h.now.wait
	if wait < waitWarn {
		return Finding{}, false
	}
	f := Finding{Starved, Warn, "Training waits for images",
		fmt.Sprintf("%.0f %% of the time is spent waiting for the next batch", 100*wait),
		"use more --threads, a faster disk, or images stored at a smaller size"}
	if wait >= waitBad {
		f.Level = Bad
	}
	return f, true
}
