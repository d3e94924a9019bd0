package health

import (
	"slices"
	"testing"
)

// said are the news of a run, each with its update.
func said(w *Watch, records []float64) (steps []int, kinds []Kind) {
	for _, r := range run(records...) {
		for _, f := range w.Add(r) {
			steps, kinds = append(steps, r.Step), append(kinds, f.Kind)
		}
	}
	return steps, kinds
}

func TestNewsAreSaidOnceAndWhenTheyStand(t *testing.T) {
	losses := slices.Concat(rep(20, 0.2), rep(8, 0.0), rep(8, 0.25))
	steps, kinds := said(&Watch{Facts: demo()}, losses)
	want, at := []Kind{Learning, RateTooHigh, Learning}, []int{70, 250, 320}
	// The means are over five records, and a verdict stands for three.
	if !slices.Equal(kinds, want) || !slices.Equal(steps, at) {
		t.Errorf("%v at %v", kinds, steps)
	}
}

func TestAFindingThatComesAndGoesIsNoNews(t *testing.T) {
	w := &Watch{Facts: demo()}
	found := 0
	for i, r := range run(rep(30, 0.2)...) {
		r.WaitShare = waitWarn + 0.01*float64(1-2*(i%2)) // the mean over five is above and below in turns
		for _, f := range w.Add(r) {
			if f.Kind != Learning {
				t.Errorf("update %d: %v", r.Step, f)
			}
		}
		if len(w.Current()) > 1 {
			found++
		}
	}
	if found < 10 {
		t.Errorf("found %d times: nothing was left out", found)
	}
}

func TestAResumedRunRepeatsNoNews(t *testing.T) {
	w := &Watch{Facts: demo()}
	w.Resume(run(rep(20, 0.2)...))
	for _, r := range run(rep(30, 0.2)...)[20:] {
		if news := w.Add(r); news != nil {
			t.Errorf("update %d: %v", r.Step, news)
		}
	}
	if got := kinds(w.Current()); got != "learning" || len(w.Records()) != 30 {
		t.Errorf("%s after %d records", got, len(w.Records()))
	}
}

// A run that is too short for a finding to last says what it is left with.
func TestAFindingAtTheEndIsNews(t *testing.T) {
	for steps, want := range map[int]int{60: 1, 70: 0} {
		w := &Watch{Facts: demo()}
		w.Steps = steps
		_, kinds := said(w, rep(6, 0.059))
		if len(kinds) != want || want == 1 && kinds[0] != TooShort {
			t.Errorf("of %d updates, after 60: %v", steps, kinds)
		}
	}
}
