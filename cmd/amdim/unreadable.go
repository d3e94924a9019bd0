package main

import (
	"errors"
	"fmt"
	"sync"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/internal/spelling"
	"github.com/amdim/amdim/train"
)

// noteBad tells a user while a run goes on of the images that it cannot read:
// the first few by name, then how many.
type noteBad struct {
	say func(format string, args ...any)

	mu    sync.Mutex // of what follows: images are read beside the run
	lines []string   // not said yet
	met   int
}

// follow makes o tell n of unreadable images; they are said between updates.
func (n *noteBad) follow(o *train.Options) {
	o.OnUnreadable = n.add
	step := o.OnStep
	o.OnStep = func(s train.Status) {
		n.flush()
		step(s)
	}
}

func (n *noteBad) add(name string, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.met++; n.met <= shownUnreadable {
		n.lines = append(n.lines, leavesOut(name, err))
	}
}

// leavesOut says that an image is left out, and why.
func leavesOut(name string, err error) string {
	return fmt.Sprintf("%q cannot be read and is left out: %s", name, spelling.Visible(data.ReasonOf(err)))
}

func (n *noteBad) flush() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, line := range n.lines {
		n.say("note: %s", line)
	}
	n.lines = nil
}

// finish says how many there were in all; list is the file that names them.
func (n *noteBad) finish(list string) {
	n.flush()
	if n.met > shownUnreadable {
		n.say("note: %d images cannot be read and were left out: %s names them", n.met, list)
	}
}

// tooManyUnreadable adds to the error of a run what the user may do.
func (p *pretrain) tooManyUnreadable(err error) error {
	if errors.Is(err, train.ErrUnreadable) {
		return fmt.Errorf("%w, or allow more: %s", err, p.allowing(moreUnreadable(p.options.MaxUnreadable)))
	}
	return err
}

// moreUnreadable is the share of unreadable images to suggest where one was not enough:
// half of them, or all.
func moreUnreadable(share float64) float64 {
	if share < 0.5 {
		return 0.5
	}
	return 1
}
