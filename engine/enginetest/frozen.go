package enginetest

import (
	"strings"
	"testing"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
)

// testFrozen compares a state of variables that are not trained with one that trains
// them: same values, same running statistics, but no room for moments.
func testFrozen(t *testing.T, eng engine.Engine, o Options) {
	tr := small.trial(o.Seed)
	trained := tr.p
	tr.p = withoutLoss(trained)
	want := open(t, eng, tr, adam)
	still := *tr
	still.p = withoutLoss(trained)
	still.p.Vars = graph.Frozen(trained.Vars)
	got := open(t, eng, &still, engine.Options{})

	want.forward(t)
	got.forward(t)
	sameOutputs(t, "forward", want, got)
	want.step(t, 0)
	got.step(t, 0)
	sameOutputs(t, "step", want, got)
	var vars []entry
	for _, e := range want.entries(t) {
		if !graph.IsSlot(e.name) {
			vars = append(vars, e)
		}
	}
	now := got.entries(t)
	if len(now) != len(vars) {
		t.Fatalf("a frozen state has %d entries, want its %d variables", len(now), len(vars))
	}
	sameEntries(t, "the refresh of a frozen state", vars, now)

	_, err := got.state.Compile(trained)
	if err == nil || !strings.Contains(err.Error(), "probe.weight") {
		t.Errorf("a program that trains a frozen variable: error %v, want one that names it", err)
	}
}

func withoutLoss(p *graph.Program) *graph.Program {
	q := *p
	q.Loss = nil
	return &q
}
