package health

import (
	"testing"

	"github.com/amdim/amdim/train"
)

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

// What one rate has spoilt is not laid to the lower one that a run goes on at.
func TestALossIsLaidToTheRateThatMadeIt(t *testing.T) {
	all, f := records(t, "healthy"), demo()
	again := func(n int) { // records in which nothing is learnt, as at the start
		for range n {
			r, last := all[0], all[len(all)-1]
			r.Step, r.Mean = last.Step+last.Mean, last.Mean
			all = append(all, r)
		}
	}
	blamed := func(all []train.Record) bool { return Check(all, f)[0].Kind == RateTooHigh }
	learnt := all[len(all)-1].Step
	again(40)
	spoilt := all[len(all)-1].Step
	f.Steps = 10 * spoilt
	if !blamed(all) {
		t.Error("the rate that spoilt what was learnt is not blamed")
	}
	if f.Since = learnt; !blamed(all) {
		t.Error("a rate that spoilt what another had learnt is not blamed")
	}
	if f.Since = spoilt; blamed(all) {
		t.Error("a rate that no update was made at is blamed")
	}
	again(2)
	if blamed(all) {
		t.Error("a rate is blamed after two records for what was spoilt before")
	}
}
