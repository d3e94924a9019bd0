package health

import "testing"

// A run that is resumed at a rate far too high is not ill of it before an update is made.
func TestARateIsJudgedByTheUpdatesMadeAtIt(t *testing.T) {
	all, f := records(t, "rate150"), demo()
	f.LR = 0.03
	last := all[len(all)-1].Step
	for since, want := range map[int]bool{0: true, last - 250: true, last - 150: false, last: false} {
		f.Since = since
		blamed := Check(all, f)[0].Kind == RateTooHigh
		if blamed != want {
			t.Errorf("the rate of the last %d of %d updates is blamed: %v", last-since, last, blamed)
		}
	}
}
