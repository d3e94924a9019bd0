package measure

import (
	"context"
	"fmt"
	"time"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/memory"
)

// Train measures training steps while the loader is working.
func Train(ctx context.Context, t Task) (*Result, error) {
	o, err := t.open(func() (*graph.Program, error) { return t.bound(t.Train.Batch) })
	if err != nil {
		return nil, err
	}
	defer o.close()
	e, p, s, r := o.engine, o.program, o.step, o.result
	r.Job, r.Unit, r.FLOPs = "training", "pair", p.Cost().Train
	began, had := time.Now(), Processor()
	read, err := t.updates(ctx, s, r)
	if err != nil {
		return nil, err
	}
	if e.OfThreads() {
		r.Core = (Processor() - had) / time.Since(began).Seconds() / float64(t.Threads)
	}
	r.Memory = memory.Peak()
	if err := t.profile(ctx, e, p, r, s.Update); err != nil {
		return nil, err
	}
	if read.pair > 0 && e.OfThreads() && !t.NoProfile {
		r.Groups = append(r.Groups, Group{Name: images, Seconds: read.pair * float64(r.Batch)})
	}
	if err := t.scaling(ctx, e, s, r); err != nil {
		return nil, err
	}
	t.bounds(e, r)
	r.decide(traffic(p, true, e), read)
	return r, nil
}

// reading is what images cost in addition to the engine.
type reading struct {
	pair float64 // seconds of processor time for the views of an image
	wait float64 // share of the time in which the engine waited for a batch
}

// updates measures updates as training makes them: the loader reads ahead.
func (t Task) updates(ctx context.Context, s *Step, r *Result) (reading, error) {
	if t.NoLoader {
		var err error
		r.Seconds, err = repeat(ctx, t.share(updateShare), s.warm(), s.Update)
		if err == nil {
			r.rate()
		}
		return reading{}, err
	}
	f, err := t.newFeed(ctx)
	if err != nil {
		return reading{}, err
	}
	defer f.loader.Close()
	warm := 0
	var next *data.Batch
	r.Seconds, err = repeat(ctx, t.share(updateShare), s.warm(), func(ctx context.Context) (float64, error) {
		began := time.Now()
		b := next
		if b == nil {
			var err error
			if b, err = f.loader.Next(); err != nil {
				return 0, err
			}
		}
		next = f.loader.Ready()
		s.feed(b, next)
		_, err = s.Update(ctx)
		b.Release()
		if warm++; warm <= s.warm() {
			f.loader.WaitShare() // restart its count
		}
		return time.Since(began).Seconds(), err
	})
	if err != nil {
		return reading{}, fmt.Errorf("measure: %w", err)
	}
	s.next = s.in // fixed from here on
	r.rate()
	return reading{f.image(), f.loader.WaitShare()}, nil
}

// minRuns is the least number of runs for a median, unless they take twice the time.
const minRuns = 3

// repeat calls f for about d, at least once, after warm calls that do not
// count, and returns the times that f returns.
func repeat(
	ctx context.Context, d time.Duration, warm int, f func(context.Context) (float64, error),
) ([]float64, error) {
	for range warm {
		if _, err := f(ctx); err != nil {
			return nil, err
		}
	}
	var seconds []float64
	for began := time.Now(); ; {
		s, err := f(ctx)
		if err != nil {
			return nil, err
		}
		seconds = append(seconds, s)
		spent := time.Since(began)
		if spent >= d && (len(seconds) >= minRuns || spent >= 2*d) {
			return seconds, nil
		}
	}
}

// profile times the operations of a few more updates on fixed inputs: a loader
// running at the same time would take threads from them.
func (t Task) profile(
	ctx context.Context, e engine.Profiler, p *graph.Program, r *Result,
	f func(context.Context) (float64, error),
) error {
	if t.NoProfile {
		return nil
	}
	e.Profile(true)
	defer e.Profile(false)
	seconds, err := repeat(ctx, t.share(profileShare), 0, f)
	if err != nil {
		return err
	}
	var sum float64
	for _, s := range seconds {
		sum += s
	}
	r.profiled(p, e.Times(), len(seconds), sum/float64(len(seconds)))
	return nil
}
