package train

import (
	"context"
	"errors"
	"fmt"

	"github.com/amdim/amdim/engine"
)

// await returns the next batch, or none when this process has a reason to stop:
// err, its context or, for the first one, that enough is made.
func (r *run) await(ctx context.Context, f *feed, err error) (*fed, error) {
	if err == nil {
		err = ctx.Err()
	}
	if err != nil || r.leads() && r.stops() {
		return nil, err
	}
	return f.take()
}

// decide reports whether the run stops here, in all processes alike: one of them
// has no batch. err is why this one has none; the error is why the run stops.
// The images that could not be read meanwhile, by any process, are listed.
func (r *run) decide(b *fed, err error) (stop bool, _ error) {
	news := r.bad.take()
	asks := []float32{0, 0} // processes that stop, that have news
	if b == nil {
		asks[0] = 1
	}
	if len(news) > 0 {
		asks[1] = 1
	}
	if lost := r.all.Sum(asks); lost != nil {
		return true, r.lost(lost)
	}
	if asks[0] == 0 && asks[1] == 0 {
		return false, nil
	}
	mine := newWord(err)
	mine.Unreadable = news
	words, lost := exchange(r.all, mine)
	if lost != nil {
		return true, r.lost(lost)
	}
	for _, w := range words {
		r.bad.list(w.Unreadable)
	}
	switch {
	case r.bad.over != nil:
		return true, r.bad.over
	case asks[0] == 0:
		return false, nil
	case err != nil:
		return true, err
	}
	return true, firstError(words)
}

// broken is the error of an update. One that a process of a group has alone ends
// the others too; a number that is not finite is met by all alike.
func (r *run) broken(err error) error {
	var nonFinite *engine.NonFiniteError
	if r.all.Size() == 1 || errors.As(err, &nonFinite) {
		return err
	}
	return r.lost(err)
}

// lostError is the end of a group.
type lostError struct{ error }

func (e lostError) Unwrap() error { return e.error }

func isLost(err error) bool {
	var lost lostError
	return errors.As(err, &lost)
}

// lost is the error of a run whose group has failed. What an update began to
// change is not saved.
func (r *run) lost(err error) error {
	return lostError{fmt.Errorf("train: stopped before update %d: %w: "+
		"a process of the group failed or was lost; %s: start all processes again with --resume", r.step+1, err, r.held())}
}

// held says where the last checkpoint is.
func (r *run) held() string {
	if r.leads() {
		return fmt.Sprintf("%s holds update %d", CheckpointPath(r.Out), r.saved)
	}
	return fmt.Sprintf("rank 0 has the last checkpoint, in its %s", r.Out)
}
