package train

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/amdim/amdim/checkpoint"
)

// follow notes the schedule that the run followed up to its checkpoint, if the task has
// another. It is saved at once: a run that is killed before its next checkpoint and
// resumed again must not go back to the old one.
func (r *run) follow(m checkpoint.Meta) {
	r.earlier = m.Schedules
	var stored struct {
		Train *Config `json:"train"`
	}
	if json.Unmarshal(m.Config, &stored) != nil || stored.Train == nil {
		return // the settings of another program
	}
	was := *stored.Train
	changes := r.Train.changes(was)
	if changes == nil {
		return
	}
	r.earlier = append(r.earlier,
		checkpoint.Schedule{Until: m.Step, Epochs: was.Epochs, LR: was.LR, Drops: was.Drops})
	r.saved = -1
	r.OnNotice("from update %d on the run has %s: the learning rate is %.3g",
		m.Step+1, strings.Join(changes, ", "), r.rate())
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
