package train

import (
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/tensor"
)

// Record is a line of metrics.jsonl: means over the updates since the previous
// line, or since the run was resumed. In a group, losses, probes, GradNorm and
// PairsPerSecond are those of the whole batch; FeatureStd, ParticipationRatio, mixtures
// and WaitShare are those of the first process's share.
type Record struct {
	Step  int     `json:"step"`  // updates made
	Epoch float64 `json:"epoch"` // epochs made: 1.5 is halfway through the second
	Mean  int     `json:"mean"`  // updates that the means are taken over
	LR    float64 `json:"lr"`    // of the last update

	Loss   float64               `json:"loss"`             // NCE of all tasks, without penalty
	Tasks  map[string]TaskRecord `json:"tasks"`            // by pair: "1-5"
	Probes map[string]Probe      `json:"probes,omitempty"` // "linear", "mlp"; of updates with a label alone

	// FeatureStd is the deviation of f1 over the rows of the last batch, mean over dimensions.
	// A BatchNorm scales each dimension, so that dimensions that are all alike do not show.
	FeatureStd float64 `json:"feature_std"`
	// ParticipationRatio is how many dimensions, in effect, f1 has over the images of the last
	// batch in view 1: from 1, all move as one, to the images less 1; 0: not measured.
	ParticipationRatio float64 `json:"participation_ratio,omitempty"`

	GradNorm float64 `json:"grad_norm"`

	PairsPerSecond float64 `json:"pairs_per_second"`
	WaitShare      float64 `json:"wait_share"` // of the time, waiting for data
	Seconds        float64 `json:"seconds"`    // spent on the run so far, without interruptions

	World int `json:"world,omitempty"` // processes that made the updates; absent: one
}

// TaskRecord is one contrastive task. A loss at the ceiling means that nothing
// has been learnt yet: all candidates are equally likely.
type TaskRecord struct {
	Loss    float64 `json:"loss"`    // nats
	Ceiling float64 `json:"ceiling"` // log N: N candidates, the negatives and the positive
	Penalty float64 `json:"penalty"` // mean of the squared scores, without its weight λ
	Clipped float64 `json:"clipped"` // share of scores beyond the soft clip

	Mix *Mixture `json:"mix,omitempty"` // of a task that predicts with a mixture
}

// ProbeNames are the online classifiers, as Record.Probes names them.
var ProbeNames = []string{"linear", "mlp"}

// Probe is an online classifier, on the views being learnt from.
type Probe struct {
	Loss     float64 `json:"loss"`
	Accuracy float64 `json:"accuracy"`
}

// window sums what updates return until it is made into a Record.
type window struct {
	names   []string // of the outputs
	f1      int      // index of the output f1
	sums    []float64
	mixes   map[int]*Mixture // sums of outputs q, by index
	norm    float64
	steps   int
	probed  map[string]int // updates by probe, of batches with a label
	lr      float64
	ceiling map[string]float64 // by pair
	pool    *parallel.Pool

	since   time.Time
	batch   int
	world   int     // processes; 0: one
	seconds float64 // of the run before since
}

// newWindow starts counting, on a pool where that takes work; seconds is the time
// spent on the run before.
func newWindow(
	p *graph.Program, tasks []model.Pair, batch int, seconds float64, pool *parallel.Pool,
) *window {
	w := &window{
		f1: p.Output("f1"), sums: make([]float64, len(p.Outputs)), ceiling: map[string]float64{},
		mixes: map[int]*Mixture{}, probed: map[string]int{},
		since: time.Now(), batch: batch, seconds: seconds, pool: pool,
	}
	for i, o := range p.Outputs {
		w.names = append(w.names, o.Name)
		if strings.HasPrefix(o.Name, "q.") {
			w.mixes[i] = &Mixture{}
		}
	}
	for _, t := range tasks {
		w.ceiling[t.String()] = math.Log(float64(t.Negatives(batch) + 1))
	}
	return w
}

// add counts the outputs of one update.
func (w *window) add(out []tensor.Tensor, stats engine.StepStats, lr float64) {
	for i, t := range out {
		if m := w.mixes[i]; m != nil {
			m.Add(mixtureOf(t, w.pool), 1)
		} else if i != w.f1 {
			w.sums[i] += float64(t.F32[0])
		}
	}
	for _, probe := range ProbeNames {
		// Without a label both are 0. A loss that rounds to 0 has a label that was found.
		if w.value(out, probe+".loss") != 0 || w.value(out, probe+".accuracy") != 0 {
			w.probed[probe]++
		}
	}
	w.norm += stats.GradNorm
	w.lr = lr
	w.steps++
}

// value is an output of one number, 0 if there is none of that name.
func (w *window) value(out []tensor.Tensor, name string) float32 {
	if i := slices.Index(w.names, name); i >= 0 {
		return out[i].F32[0]
	}
	return 0
}

// record makes a Record of the updates since the last one and starts anew. f1
// is that of the last update.
func (w *window) record(step, stepsPerEpoch int, f1 tensor.Tensor, waitShare float64) Record {
	now := time.Now()
	elapsed := now.Sub(w.since).Seconds()
	w.seconds += elapsed
	n := float64(w.steps)
	r := Record{
		Step: step, Epoch: float64(step) / float64(stepsPerEpoch), Mean: w.steps, LR: w.lr,
		Tasks: map[string]TaskRecord{}, FeatureStd: featureStd(f1), GradNorm: w.norm / n,
		ParticipationRatio: participationRatio(firstView(f1), w.pool),
		PairsPerSecond:     n * float64(w.batch) / max(elapsed, 1e-9), WaitShare: waitShare, Seconds: w.seconds,
	}
	if w.world > 1 {
		r.World = w.world
	}
	for i, name := range w.names {
		w.setMean(&r, name, w.sums[i])
	}
	for i, sum := range w.mixes {
		mean := &Mixture{}
		mean.Add(*sum, 1/n)
		r.setMix(w.names[i], mean)
		*sum = Mixture{}
	}
	for _, pair := range slices.Sorted(maps.Keys(r.Tasks)) { // a fixed order of summation
		t := r.Tasks[pair]
		t.Ceiling = w.ceiling[pair]
		r.Tasks[pair] = t
		r.Loss += t.Loss
	}
	clear(w.sums)
	clear(w.probed)
	w.norm, w.steps, w.since = 0, 0, now
	return r
}

// setMean stores the mean of an output; for a probe, over the updates with a label: most
// images of STL-10 have none.
func (w *window) setMean(r *Record, name string, sum float64) {
	n := w.steps
	if of, _, _ := strings.Cut(name, "."); slices.Contains(ProbeNames, of) {
		n = w.probed[of]
	}
	if n > 0 {
		r.set(name, sum/float64(n))
	}
}

// set stores an output of model.Config.Pretrain in its place in r.
func (r *Record) set(name string, v float64) {
	kind, of, _ := strings.Cut(name, ".")
	switch kind {
	case "nce", "penalty", "clipped":
		t := r.Tasks[of]
		switch kind {
		case "nce":
			t.Loss = v
		case "penalty":
			t.Penalty = v
		case "clipped":
			t.Clipped = v
		}
		r.Tasks[of] = t
	case "linear", "mlp":
		if r.Probes == nil {
			r.Probes = map[string]Probe{}
		}
		p := r.Probes[kind]
		if of == "loss" {
			p.Loss = v
		} else {
			p.Accuracy = v
		}
		r.Probes[kind] = p
	}
}

// setMix stores the mixture of the output q.<pair>.
func (r *Record) setMix(name string, m *Mixture) {
	pair := strings.TrimPrefix(name, "q.")
	t := r.Tasks[pair]
	t.Mix = m
	r.Tasks[pair] = t
}

// firstView are the rows of f1 (2B, r) that are of view 1: B different images.
func firstView(f1 tensor.Tensor) tensor.Tensor {
	b, r := f1.Shape[0]/2, f1.Shape[1]
	return tensor.Tensor{Shape: []int{b, r}, F32: f1.F32[:b*r]}
}

// featureStd is the standard deviation of each dimension of x (n, r) over the
// rows, averaged over the dimensions. It falls towards 0 when all rows become equal.
func featureStd(x tensor.Tensor) float64 {
	n, r := x.Shape[0], x.Shape[1]
	total := 0.0
	for j := range r {
		mean, square := 0.0, 0.0
		for i := range n {
			mean += float64(x.F32[i*r+j]) / float64(n)
		}
		for i := range n {
			d := float64(x.F32[i*r+j]) - mean
			square += d * d / float64(n)
		}
		total += math.Sqrt(square)
	}
	return total / float64(r)
}
