package train

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/optim"
)

// follow notes the schedule that the run followed up to its checkpoint, if the task has
// another. It is saved at once: a run that is killed before its next checkpoint and
// resumed again must not go back to the old one. The warm-up stays that of the first.
func (r *run) follow(m checkpoint.Meta) error {
	var stored struct {
		Train *Config `json:"train"`
	}
	if json.Unmarshal(m.Config, &stored) != nil || stored.Train == nil {
		return nil // the settings of another program
	}
	now := r.Train.until(m.Step)
	r.earlier = followed(append(m.Schedules, stored.Train.until(m.Step)), now)
	if n := len(r.earlier); n > 0 {
		first := r.earlier[0]
		r.schedule.Warmup = optim.Scale(first.LR, first.Epochs, r.stepsPerEpoch, first.Drops).Warmup
		r.since = r.earlier[n-1].Until
	}
	changes := r.Train.changes(*stored.Train)
	over := r.step == r.steps()
	switch {
	case changes == nil:
		return nil
	case over && r.Train.Epochs == stored.Train.Epochs:
		return scheduleErrorf("it is finished, and no update would follow another rate: name more epochs than %d",
			r.Train.Epochs)
	case over:
		r.OnNotice("the run has %s: it is finished", strings.Join(changes, ", "))
	default:
		r.OnNotice("from update %d on the run has %s: the learning rate is %.3g",
			m.Step+1, strings.Join(changes, ", "), r.rate())
	}
	r.saved = -1
	return nil
}

// until is the schedule as one that ends after an update.
func (c Config) until(step int) checkpoint.Schedule {
	return checkpoint.Schedule{Until: step, Epochs: c.Epochs, LR: c.LR, Drops: c.Drops}
}

// followed are the schedules that at least one update followed, the first one first, without
// the last ones if they are the present one.
func followed(all []checkpoint.Schedule, now checkpoint.Schedule) []checkpoint.Schedule {
	var kept []checkpoint.Schedule
	began := 0
	for _, s := range all {
		if s.Until > began {
			kept = append(kept, s)
		}
		began = s.Until
	}
	for n := len(kept); n > 0; n-- {
		last := kept[n-1]
		if last.Until = now.Until; last != now {
			break
		}
		kept = kept[:n-1]
	}
	return kept
}

// changes says in which parts of the schedule c differs from was.
func (c Config) changes(was Config) []string {
	var all []string
	if c.Epochs != was.Epochs {
		all = append(all, fmt.Sprintf("%d epochs, not %d", c.Epochs, was.Epochs))
	}
	if c.LR != was.LR {
		all = append(all, fmt.Sprintf("lr %g, not %g", c.LR, was.LR))
	}
	if c.Drops != was.Drops {
		all = append(all, fmt.Sprintf("drops %v, not %v", c.Drops, was.Drops))
	}
	return all
}

// rate is the learning rate of the next update.
func (r *run) rate() float64 { return r.schedule.At(r.step, r.cursor().Epoch) }
