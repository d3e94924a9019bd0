package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/train"
)

// Time and updates of a demo whose user says nothing about them.
const (
	demoMinutes = 2.0 // for everything
	slowMinutes = 8.0 // where demoMinutes are too short for enough pairs
	enoughPairs = 20_000
	mostPairs   = 100_000 // more take time and show nothing new
)

// fit measures what an update takes, fits the number of updates to the time that
// is left, and sets the epochs by which the learning rate is scheduled.
func (d *demo) fit(ctx context.Context) (steps int, err error) {
	update, err := d.timeUpdates(ctx)
	if err != nil {
		return 0, err
	}
	batch := d.task.Train.Batch
	steps = d.budget().steps(update, batch, d.minutes)
	perEpoch := d.task.Data.Len() / batch
	d.task.Train.Epochs = (steps + perEpoch - 1) / perEpoch
	d.settings.Train = d.task.Train
	d.task.Settings = d.settings.JSON()
	return steps, nil
}

// budget is what a demo spends beside its updates.
type budget struct{ fixed time.Duration }

// budget adds up what was spent and what is still to come: the model takes as
// long to evaluate as the random encoder did, the report some seconds.
func (d *demo) budget() budget {
	evaluation := d.result.Seconds
	for _, row := range d.result.Rows {
		if row.Representation == eval.RawPixels {
			evaluation -= row.Seconds
		}
	}
	return budget{time.Since(d.began) + time.Duration(evaluation*float64(time.Second)) + 8*time.Second}
}

// steps is the number of updates that fit into minutes or, when these are 0, into
// demoMinutes, stretched to slowMinutes until enoughPairs fit.
func (b budget) steps(update time.Duration, batch int, minutes float64) int {
	within := func(minutes float64) int {
		return int((time.Duration(minutes*float64(time.Minute)) - b.fixed) / update)
	}
	enough, most := (enoughPairs+batch-1)/batch, mostPairs/batch
	steps := within(minutes)
	if minutes == 0 {
		steps = min(max(within(demoMinutes), min(enough, within(slowMinutes))), most)
	}
	return max(steps, 1)
}

// Updates that are made to measure: the first ones also allocate and fault pages in.
const (
	warmUpdates  = 2
	timedUpdates = 4
)

// timeUpdates makes some updates in a folder that is thrown away.
func (d *demo) timeUpdates(ctx context.Context) (time.Duration, error) {
	folder, err := os.MkdirTemp("", "amdim-demo-")
	if err != nil {
		return 0, fmt.Errorf("measure: %w", err)
	}
	defer os.RemoveAll(folder)
	var start, end time.Time
	_, err = train.Run(ctx, d.task, train.Options{
		Out: folder, MaxSteps: warmUpdates + timedUpdates, Threads: d.engine.threads,
		OnStep: func(s train.Status) {
			switch s.Step {
			case warmUpdates:
				start = time.Now()
			case warmUpdates + timedUpdates:
				end = time.Now()
			}
		},
	})
	if err != nil {
		return 0, fmt.Errorf("measure: %w", err)
	}
	if end.IsZero() {
		return 0, errors.New("measure: too few images for a few batches")
	}
	return end.Sub(start) / timedUpdates, nil
}
