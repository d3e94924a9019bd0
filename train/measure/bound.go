package measure

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/memory"
	"github.com/amdim/amdim/internal/spelling"
	"github.com/amdim/amdim/tensor"
)

// Bound compares an update with the time that each resource alone would take,
// at the speed measured in the same run, as shares of the update's time.
type Bound struct {
	By      string  `json:"by"`      // the largest: compute, memory or data; none if all are below leastBound
	Compute float64 `json:"compute"` // products, at the peak
	Memory  float64 `json:"memory"`  // Bytes, at the bandwidth
	Data    float64 `json:"data"`    // views of images on all threads, or the wait for them
	Bytes   int64   `json:"bytes"`   // of all operations' operands and results together
}

// leastBound is the share from which a resource bounds an update: below it, the update would
// be hardly faster with more of it.
const leastBound = 1.0 / 3

// bounds measures the processor and the memory once the step is done.
func (t Task) bounds(e engine.Profiler, r *Result) {
	r.Peak = max(r.Peak, e.Peak(t.Threads, t.share(boundShare)))
	most := uint64(512 << 20) // several times any cache of the last level
	if t.arrays > 0 {
		most = t.arrays
	}
	if free := memory.Available(); free > 0 {
		most = min(most, free/4)
	}
	r.Bandwidth = e.Bandwidth(t.Threads, int(most), t.share(boundShare))
}

// scaling measures all threads against one, in turns.
func (t Task) scaling(ctx context.Context, e engine.Profiler, s *Step, r *Result) error {
	if t.Threads == 1 || !e.OfThreads() {
		return nil
	}
	one, closeOne, err := t.Open(1)
	if err != nil {
		return err
	}
	defer closeOne()
	// A batch size of which both do a few in about twice the time: with few images,
	// threads are idle that have work at the job's batch size.
	batch := min(t.Train.Batch, max(2, int(scalingShare*t.Seconds/4*r.Rate)))
	p, err := t.bound(batch)
	if err != nil {
		return err
	}
	alone, err := t.newStep(one, p)
	if err != nil {
		return err
	}
	defer alone.Close()
	if err := s.Compile(p); err != nil {
		return err
	}
	best := [2]float64{}
	for i, began := 0, time.Now(); i < 3 || time.Since(began) < t.share(scalingShare); i++ {
		for k, step := range []*Step{s, alone} {
			seconds, err := step.Update(ctx)
			if err != nil {
				return err
			}
			if i == 1 || i > 1 && seconds < best[k] { // the first one grows memory
				best[k] = seconds
			}
		}
	}
	peak := e.Peak(t.Threads, t.share(boundShare)) / e.Peak(1, t.share(boundShare))
	r.Scaling = &Scaling{Batch: batch, Step: best[1] / best[0], Peak: peak}
	return nil
}

// traffic is the bytes of all operands and results of a program's operations:
// what would go to memory and back if nothing stayed in a cache. Adam reads
// weight, gradient and moments and writes three of them.
func traffic(p *graph.Program, train bool, e engine.Profiler) int64 {
	size := int64(e.ActivationBytes())
	var sum int64
	for _, op := range p.Ops {
		var n int64
		for _, v := range slices.Concat(op.In, op.Out) {
			n += int64(tensor.Size(p.Values[v].Shape))
		}
		for _, v := range op.Vars {
			n += int64(tensor.Size(p.Vars[v].Shape))
		}
		passes := int64(1)
		switch op.Attr.(type) {
		case graph.Input, graph.Reshape, graph.StopGrad, graph.ReLU, graph.Gather:
			continue // views, or part of the operation before
		case graph.Conv2D, graph.Linear, graph.NCE, graph.MixtureNCE:
			passes = 3
		default:
			passes = 2
		}
		if !train {
			passes = 1
		}
		sum += passes * n * size
	}
	if train {
		sum += 28 * int64(p.Cost().Parameters)
	}
	return sum
}

// decide says what bounds the update.
func (r *Result) decide(bytes int64, read reading) {
	update := Median(r.Seconds)
	b := Bound{Bytes: bytes}
	b.Compute = part(float64(r.FLOPs), r.Peak, update)
	b.Memory = part(float64(bytes), r.Bandwidth, update)
	b.Data = max(read.wait, read.pair*float64(r.Batch)/float64(r.Threads)/update)
	b.By = "compute"
	switch {
	case b.Data > max(b.Compute, b.Memory):
		b.By = "data"
	case b.Memory > b.Compute:
		b.By = "memory"
	}
	if r.Peak > 0 && r.Bandwidth > 0 && max(b.Compute, b.Memory, b.Data) < leastBound {
		b.By = "none"
	}
	r.Bound = b
}

// part is the share of a time that an amount takes at a rate; 0 if the rate could
// not be measured.
func part(amount, rate, seconds float64) float64 {
	if rate <= 0 {
		return 0
	}
	return amount / rate / seconds
}

// Verdict says in one sentence what bounds the program, with the numbers that show it.
func (r *Result) Verdict() string {
	b, what := r.Bound, "an update"
	if r.Unit == "image" {
		what = "a batch"
	}
	by, also := b.By, ""
	if b.By == "none" {
		by, also = "none of compute, memory or data", "; the rest is overhead"
		if len(r.Groups) > 0 {
			also += ": see where time goes"
		}
	}
	if r.Busy() {
		also = fmt.Sprintf("; but other programs were running and left %.0f %% of the threads' time",
			100*r.Core)
	}
	images := ""
	if b.Data > 0 {
		images = fmt.Sprintf(", its images %.0f %%", 100*b.Data)
	}
	return fmt.Sprintf("bound by %s: at full speed the products of %s would take %.0f %% of its time, "+
		"%s of memory traffic %.0f %%%s%s",
		by, what, 100*b.Compute, spelling.Bytes(b.Bytes), 100*b.Memory, images, also)
}

// Busy reports whether other programs are likely to have been at work.
func (r *Result) Busy() bool { return Busy(r.Core) }

// Busy reports whether other programs are likely to have been at work when an update
// got this share of its threads' time, 0 if not known: serial parts alone cost less.
func Busy(core float64) bool { return 0 < core && core < 0.75 }
