package measure

import (
	"context"
	"fmt"
	"slices"

	"github.com/amdim/amdim/internal/memory"
)

// Point is the cost of a training step with one setting changed.
type Point struct {
	Axis    string  `json:"axis"` // batch, ndf, depth, px or threads
	Value   int     `json:"value"`
	Base    bool    `json:"base,omitempty"` // nothing is changed
	Batch   int     `json:"batch"`
	Pair    float64 `json:"seconds_per_pair"`
	FLOPs   int64   `json:"flops_per_pair"`
	FLOPS   float64 `json:"flops_per_second"`
	Memory  uint64  `json:"peak_bytes"`
	Params  int     `json:"parameters"`
	threads int
	task    Task
}

// sweepBatch is the largest batch at which settings other than the batch vary:
// the largest networks of a sweep take many times as long as the first.
const sweepBatch = 32

// Sweep measures the cost of a step as the work grows, one setting at a time.
// each is called for every point as it is done.
func Sweep(ctx context.Context, t Task, each func(Point)) ([]Point, error) {
	if err := t.validate(); err != nil {
		return nil, err
	}
	points := t.points()
	for i := range points {
		p := &points[i]
		if err := p.measure(ctx, t.Seconds/float64(len(points))); err != nil {
			return nil, fmt.Errorf("measure: %s %d: %w", p.Axis, p.Value, err)
		}
		each(*p)
	}
	return points, nil
}

// points returns the values of every axis around the task's.
func (t Task) points() []Point {
	small := t
	small.Train.Batch = min(t.Train.Batch, sweepBatch)
	var all []Point
	add := func(axis string, from Task, base int, values []int, change func(t *Task, v int)) {
		values = slices.Compact(slices.Sorted(slices.Values(values)))
		for _, v := range values {
			p := Point{Axis: axis, Value: v, Base: v == base, task: from, threads: t.Threads}
			change(&p.task, v)
			if r := &p.task.Model.NRKHS; *r < p.task.Model.TrunkWidth() {
				*r = p.task.Model.TrunkWidth() // the least that is valid
			}
			if axis == "threads" {
				p.threads = v
			}
			p.Batch = p.task.Train.Batch
			all = append(all, p)
		}
	}
	b, m := t.Train.Batch, t.Model
	add("batch", t, b, []int{max(2, b/4), max(2, b/2), b, 2 * b}, func(t *Task, v int) { t.Train.Batch = v })
	add("ndf", small, m.NDF, []int{max(1, m.NDF/2), m.NDF, 2 * m.NDF}, func(t *Task, v int) { t.Model.NDF = v })
	add("depth", small, m.NDepth, []int{1, m.NDepth, 2 * m.NDepth}, func(t *Task, v int) { t.Model.NDepth = v })
	add("px", small, m.Px, []int{32, 64, 128}, func(t *Task, v int) { t.Model.Px = v })
	threads := []int{1, t.Threads}
	for n := 2; n < t.Threads; n *= 2 {
		threads = append(threads, n)
	}
	add("threads", small, t.Threads, threads, func(*Task, int) {})
	return all
}

func (p *Point) measure(ctx context.Context, seconds float64) error {
	e, closeEngine, err := p.task.Open(p.threads)
	if err != nil {
		return err
	}
	defer closeEngine()
	program, err := p.task.bound(p.Batch)
	if err != nil {
		return err
	}
	begin()
	s, err := p.task.newStep(e, program)
	if err != nil {
		return err
	}
	defer s.Close()
	p.task.Seconds = seconds
	updates, err := repeat(ctx, p.task.share(updateShare), 1, s.Update)
	if err != nil {
		return err
	}
	cost, update := program.Cost(), Median(updates)
	p.Pair, p.FLOPs = update/float64(p.Batch), cost.Train/int64(p.Batch)
	p.FLOPS, p.Params = float64(cost.Train)/update, cost.Parameters
	p.Memory = memory.Peak()
	return nil
}
