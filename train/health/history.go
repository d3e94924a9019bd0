package health

import (
	"maps"
	"slices"

	"github.com/amdim/amdim/train"
)

// A window is at least this many updates and pairs, so that a verdict is based on
// means: the loss over ten updates of batch 4 moves by 6 % of its ceiling from
// one record to the next, that over 400 by less than 1 % (testdata/batch4.jsonl).
const windowUpdates, windowPairs = 50, 1600

// history is the records of a run with means over its last window.
type history struct {
	Facts
	records []train.Record
	step    int     // updates made
	ceiling float64 // nats, over all tasks
	now     mean
	best    mean // the window with the lowest loss
}

// mean is over the records of a window.
type mean struct {
	step    int // the last
	loss    float64
	std     float64
	ratio   float64            // participation ratio of f1; 0: no record has it
	wait    float64            // by time; without the first record, which includes the wait for the first batch
	clipped map[string]float64 // by pair
	mixes   map[string]train.Mixture
}

// below is how far the loss is below its ceiling, as a share of it.
func (h *history) below(m mean) float64 { return 1 - m.loss/h.ceiling }

func newHistory(records []train.Record, f Facts) *history {
	last := records[len(records)-1]
	h := &history{Facts: f, records: records, step: last.Step}
	for _, t := range last.Tasks {
		h.ceiling += t.Ceiling
	}
	h.now = h.window(len(records))
	h.best = h.lowest()
	return h
}

// length is that of a window in updates.
func (h *history) length() int {
	if h.Batch <= 0 {
		return windowUpdates
	}
	return max(windowUpdates, (windowPairs+h.Batch-1)/h.Batch)
}

// window is the mean over the window that ends before record end, weighted by
// updates; it is shorter if the run is.
func (h *history) window(end int) mean {
	m := mean{
		step: h.records[end-1].Step, clipped: map[string]float64{}, mixes: map[string]train.Mixture{},
	}
	var updates, fed, rated float64 // fed: time, in units of a batch; rated: updates of records with a ratio
	for i := end - 1; i >= 0 && updates < float64(h.length()); i-- {
		r := h.records[i]
		n := float64(r.Mean)
		m.loss += n * r.Loss
		m.std += n * r.FeatureStd
		if r.ParticipationRatio > 0 {
			m.ratio += n * r.ParticipationRatio
			rated += n
		}
		if i > 0 {
			took := n / max(r.PairsPerSecond, 1e-9)
			m.wait += took * r.WaitShare
			fed += took
		}
		for pair, t := range r.Tasks {
			m.clipped[pair] += n * t.Clipped
			if t.Mix != nil {
				sum := m.mixes[pair]
				sum.Add(*t.Mix, n)
				m.mixes[pair] = sum
			}
		}
		updates += n
	}
	m.loss, m.std, m.wait = m.loss/updates, m.std/updates, m.wait/max(fed, 1e-9)
	m.ratio /= max(rated, 1)
	for pair := range m.clipped {
		m.clipped[pair] /= updates
	}
	for pair, sum := range m.mixes {
		var mean train.Mixture
		mean.Add(sum, 1/updates)
		m.mixes[pair] = mean
	}
	return m
}

// lowest is the complete window with the lowest loss, or the first if none is complete.
// What was learnt at other rates counts as far as it was left when they ended.
func (h *history) lowest() mean {
	var sum, updates float64
	from, best, end := 0, 0.0, 1
	for i, r := range h.records {
		n := float64(r.Mean)
		sum, updates = sum+n*r.Loss, updates+n
		for from < i && updates-float64(h.records[from].Mean) >= float64(h.length()) {
			n := float64(h.records[from].Mean)
			sum, updates, from = sum-n*h.records[from].Loss, updates-n, from+1
		}
		whole := updates >= float64(h.length())
		if whole && r.Step >= h.Since && (best == 0 || sum/updates < best) {
			best, end = sum/updates, i+1
		}
	}
	return h.window(end)
}

// mostClipped is the task with the largest share of clipped scores.
func (m mean) mostClipped() (pair string, share float64) {
	for _, p := range slices.Sorted(maps.Keys(m.clipped)) {
		if pair == "" || m.clipped[p] > share {
			pair, share = p, m.clipped[p]
		}
	}
	return pair, share
}
