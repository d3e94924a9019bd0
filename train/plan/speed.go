package plan

import (
	"context"
	"time"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/train/measure"
)

// Speed is measured on a few updates, after one that does not count.
type Speed struct {
	Batch   int       `json:"measured_batch"` // smaller than the plan's if time or memory is short
	Updates []float64 `json:"update_seconds"`
	Core    float64   `json:"core_share"`              // of the threads' time that updates got; 0: not known
	Engine  float64   `json:"engine_seconds_per_pair"` // median update, scaled by FLOPs to the plan's batch
	Loader  float64   `json:"loader_seconds_per_pair"` // all threads: views, and decoding what is not kept
	Share   float64   `json:"loader_share"`            // of the time, in later epochs

	PairsPerSecond float64 `json:"pairs_per_second"` // in later epochs; a pair is the two views of one image

	views   float64 // the augmentation part of Loader
	threads float64
}

// pair is the time for one image that takes a thread read seconds to read.
// Engine and loader share the cores: their times add up.
func (s Speed) pair(read float64) float64 { return s.Engine + s.views + read/s.threads }

// measure fills in memory and speed. For a network whose state does not fit,
// only what can be computed remains.
func (t Task) measure(ctx context.Context, p *Plan) error {
	p.Speed.threads = float64(t.Threads)
	p.Speed.views = p.Images.Augment / p.Speed.threads
	// What Data itself holds is already in the heap.
	p.Memory.Images = int64(p.Images.Kept * p.Images.Bytes * float64(p.Images.Number))
	p.Memory.threads, p.Memory.decoding = t.Threads, p.Images.decoding
	p.Memory.held = t.Data != nil && data.Held(t.Data)
	if t.Elsewhere {
		p.Memory = Memory{Unknown: true, Fits: true}
	}
	if p.Memory.Free > 0 && uint64(p.Network.State) > p.Memory.Free {
		p.Memory.Need = p.Network.State
		return nil
	}
	program, err := t.bound(2)
	if err != nil {
		return err
	}
	b, err := measure.NewStep(t.Engine, program, t.Train.Adam)
	if err != nil {
		return err
	}
	defer b.Close()
	largest := t.Train.Batch // at which updates are measured
	if !t.Elsewhere {
		if err := t.loads(ctx, b, &p.Memory); err != nil {
			return err
		}
		p.Memory.decide(t.Train.Batch, p.Images.Number)
		if p.Memory.Largest == 0 && p.Memory.Free > 0 && !p.Memory.Fits {
			return nil
		}
		largest = p.Memory.Measured[len(p.Memory.Measured)-1].Batch
	}
	if err := t.speed(ctx, b, p, largest); err != nil {
		return err
	}
	if !t.Elsewhere {
		p.Memory.add(t.inUse(b, p.Speed.Batch), p.Speed.Batch)
		p.Memory.decide(t.Train.Batch, p.Images.Number)
	}
	p.Speed.Loader = p.Speed.views + p.Images.Read*(1-p.Images.Kept)/p.Speed.threads
	whole := p.Speed.Engine + p.Speed.Loader
	p.Speed.PairsPerSecond, p.Speed.Share = 1/whole, p.Speed.Loader/whole
	return nil
}

const (
	minUpdates = 3 // so that a median means something; fewer if they take twice the time
	maxUpdates = 12
)

// speed measures updates at a batch size, at most largest, of which a few fit in the
// time. Updates of a small batch tell how large that is. Weights stay zero: products
// take just as long.
func (t Task) speed(ctx context.Context, b *measure.Step, p *Plan, largest int) error {
	batch := min(4, t.Train.Batch)
	if t.slow(p.Network) {
		batch = 2
	}
	if err := t.compile(b, batch); err != nil {
		return err
	}
	began, had, s := time.Now(), measure.Processor(), &p.Speed
	var last float64
	for i := 0; i < 2 && (i == 0 || last < t.Seconds/2); i++ { // the first packs weights and grows memory
		var err error
		if last, err = b.Update(ctx); err != nil {
			return err
		}
	}
	if last >= t.Seconds/2 { // a large network: this must suffice
		s.Batch, s.Updates = batch, []float64{last}
		return t.count(s, p.Network, began, had)
	}
	pair := last / float64(batch)
	largest = min(t.Train.Batch, max(largest, batch))
	if fit := int(t.Seconds / (1 + minUpdates) / pair); fit < largest {
		largest = max(batch, fit)
	}
	batch = largest
	if err := t.compile(b, batch); err != nil {
		return err
	}
	began, had = time.Now(), measure.Processor()
	s.Batch = batch
	for i := 0; i < 2 || i <= minUpdates && since(began) < 2*t.Seconds ||
		i < maxUpdates && since(began) < t.Seconds; i++ {
		seconds, err := b.Update(ctx)
		if err != nil {
			return err
		}
		if i > 0 {
			s.Updates = append(s.Updates, seconds)
		}
	}
	return t.count(s, p.Network, began, had)
}

// slow reports whether an update of four pairs would take much of the time at a
// rate that every current processor reaches.
func (t Task) slow(n Network) bool { return 4*float64(n.Pair) > 50e9*t.Seconds }

// count fills in what follows from the updates since began, when the process
// had used had seconds of processor time.
func (t Task) count(s *Speed, n Network, began time.Time, had float64) error {
	s.Core = (measure.Processor() - had) / since(began) / float64(t.Threads)
	work, err := t.bound(s.Batch)
	if err != nil {
		return err
	}
	s.Engine = measure.Median(s.Updates) / float64(work.Cost().Train) * float64(n.Pair)
	return nil
}
