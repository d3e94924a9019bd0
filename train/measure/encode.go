package measure

import (
	"context"
	"time"

	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/memory"
)

// Encode measures the frozen encoder with t.Outputs, on fixed batches.
func Encode(ctx context.Context, t Task) (*Result, error) {
	o, err := t.open(func() (*graph.Program, error) {
		return t.Model.Encode(t.Outputs...).Bind(t.Train.Batch, 0, 0)
	})
	if err != nil {
		return nil, err
	}
	defer o.close()
	e, p, s, r := o.engine, o.program, o.step, o.result
	r.Job, r.Unit, r.FLOPs = "inference", "image", p.Cost().Forward
	began, had := time.Now(), Processor()
	if r.Seconds, err = repeat(ctx, t.share(updateShare), 1, s.forward); err != nil {
		return nil, err
	}
	if e.OfThreads() {
		r.Core = (Processor() - had) / time.Since(began).Seconds() / float64(t.Threads)
	}
	r.rate()
	r.Memory = memory.Peak()
	if err := t.profile(ctx, e, p, r, s.forward); err != nil {
		return nil, err
	}
	t.bounds(e, r)
	r.decide(traffic(p, false, e), reading{})
	return r, nil
}
