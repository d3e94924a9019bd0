package plan

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/train"
)

// Task is the training run that is planned.
type Task struct {
	train.Task         // Data may be nil: then pixels are random
	Images     int     // per epoch, if there is no Data; 0: not known
	Keep       int64   // bytes of decoded images that training will keep; Data itself should keep none
	Threads    int     // 0: GOMAXPROCS
	Seconds    float64 // to spend on measured updates; 0: 8
	Elsewhere  bool    // the engine allocates outside Go's heap: how much is not known
}

// Plan is what training will take.
type Plan struct {
	Data    string  `json:"data,omitempty"` // what the images are; empty: random pixels
	Engine  string  `json:"engine"`
	Threads int     `json:"threads"`
	Batch   int     `json:"batch"`
	Epochs  int     `json:"epochs"`
	Network Network `json:"network"` // computed
	Memory  Memory  `json:"memory"`
	Images  Images  `json:"images"`
	Speed   Speed   `json:"speed"`
	Time    *Time   `json:"time,omitempty"` // nil: nothing was measured, or there are no images
}

// Time is how long training will take, from the speed and the number of images.
type Time struct {
	Updates int     `json:"updates_per_epoch"`
	First   float64 `json:"first_epoch_seconds"` // when every image is decoded
	Epoch   float64 `json:"epoch_seconds"`       // later, with what is kept in memory
	All     float64 `json:"all_epochs_seconds"`
}

// Make measures and computes. It runs a few updates of a network that is thrown
// away. An error comes from the engine, from the settings, or from images none
// of which can be read.
func Make(ctx context.Context, t Task) (*Plan, error) {
	if err := t.complete(); err != nil {
		return nil, err
	}
	p := &Plan{
		Data: t.DataSpec, Engine: t.Engine.Name(), Threads: t.Threads,
		Batch: t.Train.Batch, Epochs: t.Train.Epochs,
		Memory: before(),
	}
	var err error
	if p.Network, err = t.network(); err != nil {
		return nil, err
	}
	if p.Images, err = t.images(ctx); err != nil {
		return nil, err
	}
	if err := t.measure(ctx, p); err != nil {
		return nil, fmt.Errorf("plan: %w", err)
	}
	if p.Speed.PairsPerSecond > 0 && p.Images.Number >= p.Batch {
		p.Time = p.time()
	}
	return p, nil
}

// complete fills in defaults and checks the settings.
func (t *Task) complete() error {
	if t.Engine == nil {
		return errors.New("plan: Task.Engine is nil: set it to what computes, such as cpu.New returns")
	}
	if err := t.Validate(); err != nil {
		return err
	}
	if err := parallel.CheckThreads(t.Threads); err != nil {
		return fmt.Errorf("plan: %w", err)
	}
	if t.Threads == 0 {
		t.Threads = threads()
	}
	if t.Seconds == 0 {
		t.Seconds = 8
	}
	return nil
}

// classes is the number of classes that the online probes distinguish.
func (t Task) classes() int {
	if t.Data == nil {
		return 0
	}
	return len(t.Data.Classes())
}

// time is computed for epochs of whole batches: the last images that do not
// fill a batch are dropped.
func (p *Plan) time() *Time {
	updates := p.Images.Number / p.Batch
	pairs := float64(updates * p.Batch)
	t := &Time{
		Updates: updates,
		First:   pairs * p.Speed.pair(p.Images.Read),
		Epoch:   pairs * p.Speed.pair(p.Images.Read*(1-p.Images.Kept)),
	}
	t.All = t.First + float64(p.Epochs-1)*t.Epoch
	return t
}

// since returns the seconds since a time.
func since(t time.Time) float64 { return time.Since(t).Seconds() }
