package health

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/train"
)

// Thresholds of the verdict on a mixture, judged by the task that shows it best:
// all tasks use the same components.
const (
	// In a run with 8 components at τ = 1 (testdata/mix.jsonl), the information
	// between location and component is 0.9 to 1.7 % of log k up to update 300 and
	// 3.7 % at update 500; at τ = 5 it is 58 % by update 40, at τ = 0.02
	// (mixalike.jsonl) 2e-8 of log k.
	alike = 0.005

	// Of 8 components the likeliest has up to 34 % of the locations at τ = 1 and up to
	// 17 % with a hard choice, even at ten times the rate. Above this value, which no
	// run of ours came near, the others are hardly trained, if locations are sure of
	// their choice: the likeliest of components that are alike is so by a hair.
	alone = 0.95

	// Locations are unsure if the mean entropy of their choice is above this part of log k:
	// it is log k itself where components are alike (mixalike.jsonl), and at τ = 5 at most
	// 0.32 of it (RESULTS.md).
	unsure = 0.5
)

// mixture looks for components that are all alike, and for one that has replaced
// the others. A finished run is judged early, as there will be no more records;
// after two windows its components, alike at the beginning, have long differed.
func (h *history) mixture() (Finding, bool) {
	early := h.step < h.Warmup+patience
	if len(h.now.mixes) == 0 || early && !h.finished(h.step) {
		return Finding{}, false
	}
	informed, shared := h.now.mostInformed(), h.now.mostShared()
	m, even := h.now.mixes[informed], h.now.mixes[shared]
	k := len(m.Usage)
	most := math.Log(float64(k))
	switch {
	case k < 2:
		return Finding{}, false
	case even.Entropy < unsure*most && even.Largest() > alone:
		return Finding{MixtureCollapsed, Warn, "One component takes nearly everything",
			fmt.Sprintf("%.0f %% of the locations of task %s choose the same one of %d components",
				100*even.Largest(), model.Arrow(shared), k), h.spread()}, true
	case early && h.step < 2*h.length():
		return Finding{}, false
	case m.Information < alike*most:
		return Finding{MixtureCollapsed, Warn, "The components are alike",
			fmt.Sprintf("a location carries %.2g nats about its component (task %s); %.2f would tell %d apart",
				m.Information, model.Arrow(informed), most, k), h.sharpen()}, true
	}
	return Finding{}, false
}

// leastTau is the lowest τ to advise: at 1, components hardly differ (model.Mix.Temperature).
const leastTau = 2

// mostTau is the largest that was tried.
const mostTau = 5

// spread says how to get all components used.
func (h *history) spread() string {
	if h.Tau == 0 {
		return "start again without model.mix.hard, with --mix-tau 2"
	}
	do := "start again with --set model.mix.beta=0.05, a bonus for using all"
	if h.Tau > leastTau {
		do += fmt.Sprintf(", or --mix-tau %.2g", max(leastTau, h.Tau/2))
	}
	return do
}

// sharpen says how to make components differ: their gradients differ only as far as
// locations choose differently.
func (h *history) sharpen() string {
	const why = "so soft a choice trains all components alike"
	if h.Tau >= mostTau {
		return "train longer, or with fewer components (--mix-k): a larger τ is not known to help"
	}
	return fmt.Sprintf("start again with --mix-tau %.2g: %s", min(mostTau, max(leastTau, 5*h.Tau)), why)
}

// mostInformed is the task whose locations say the most about the component.
func (m mean) mostInformed() string {
	return m.best(func(x train.Mixture) float64 { return x.Information })
}

// mostShared is the task whose likeliest component has the smallest share.
func (m mean) mostShared() string {
	return m.best(func(x train.Mixture) float64 { return -x.Largest() })
}

func (m mean) best(value func(train.Mixture) float64) (pair string) {
	for _, p := range slices.Sorted(maps.Keys(m.mixes)) {
		if pair == "" || value(m.mixes[p]) > value(m.mixes[pair]) {
			pair = p
		}
	}
	return pair
}
