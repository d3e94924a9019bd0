package train

import (
	"errors"
	"fmt"

	"github.com/amdim/amdim/engine"
)

// alone is the group of one process.
type alone struct{}

func (alone) Rank() int                              { return 0 }
func (alone) Size() int                              { return 1 }
func (alone) Sum([]float32) error                    { return nil }
func (alone) Gather(out, v []float32) error          { copy(out, v); return nil }
func (alone) Exchange(text string) ([]string, error) { return []string{text}, nil }

// members are the processes that make the run.
func (o Options) members() engine.Group {
	if o.Group == nil {
		return alone{}
	}
	return o.Group
}

// leads reports whether this process keeps the run: only it writes.
func (o Options) leads() bool { return o.members().Rank() == 0 }

// Agree is [engine.Agree] before the first update; if the group is lost, the error says
// so. Run begins with it; a process that does not get as far as Run calls it instead.
func Agree(g engine.Group, err error) error { return agree(g, err, notBegun) }

// agree is engine.Agree, with the caller's wording for the error of a lost group.
func agree(g engine.Group, err error, lost func(error) error) error {
	agreed := engine.Agree(g, err)
	var peer *engine.PeerError
	if err != nil || agreed == nil || errors.As(agreed, &peer) {
		return agreed
	}
	return lost(agreed)
}

// notBegun is the error for a group that fails before the first update.
func notBegun(err error) error {
	return fmt.Errorf("train: before the first update: %w: a process failed or was lost: start all again", err)
}
