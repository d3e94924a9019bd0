package train

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/amdim/amdim/engine"
)

// await returns the next batch, or none if this process has a reason to stop:
// err, its context or, in the first process, that enough updates have been made.
func (r *run) await(ctx context.Context, f *feed, err error) (*fed, error) {
	if err == nil {
		err = ctx.Err()
	}
	if err != nil || r.leads() && r.stops() {
		return nil, err
	}
	return f.take()
}

// decide reports whether the run stops here because some process has no batch; all
// processes decide alike. err is why this one has none; the returned error is why
// the run stops. Images that any process could not read in the meantime are listed.
func (r *run) decide(b *fed, err error) (stop bool, _ error) {
	news := r.bad.take()
	asks := []float32{0, 0} // how many processes stop, and how many have news
	if b == nil {
		asks[0] = 1
	}
	if len(news) > 0 {
		asks[1] = 1
	}
	if lost := r.all.Sum(asks); lost != nil {
		return true, r.lost(lost)
	}
	if asks[1] > 0 {
		if lost := r.list(news); lost != nil {
			return true, r.lost(lost)
		}
	}
	switch {
	case r.bad.over != nil:
		return true, r.bad.unlisted(r.bad.over)
	case asks[0] == 0:
		return false, nil
	}
	return true, agree(r.all, r.bad.unlisted(err), r.lost)
}

// list lists what this process and the others could not read.
func (r *run) list(news []Unreadable) error {
	text, err := json.Marshal(news)
	if err != nil {
		return err
	}
	texts, err := r.all.Exchange(string(text))
	if err != nil {
		return err
	}
	all := make([][]Unreadable, len(texts))
	for rank, text := range texts {
		if err := json.Unmarshal([]byte(text), &all[rank]); err != nil {
			return fmt.Errorf("rank %d says %.40q: is it another program? %w", rank, text, err)
		}
	}
	for _, u := range all {
		r.bad.list(u)
	}
	return nil
}

// broken turns the error of an update into that of the run. An error in one
// process of a group ends the others too; a non-finite number is met by all alike,
// before anything is changed.
func (r *run) broken(err error) error {
	var nonFinite *engine.NonFiniteError
	switch {
	case errors.As(err, &nonFinite):
		return err
	case r.all.Size() == 1:
		return lostError{error: r.stopped(err)}
	}
	return r.lost(err)
}

// lostError means that the state is lost: an update has begun to change it, so
// it is not saved.
type lostError struct {
	error
	group bool // it is an ErrLost, whose text its own says in other words
}

func (e lostError) Unwrap() error { return e.error }

func (e lostError) Is(target error) bool { return e.group && target == ErrLost }

func isLost(err error) bool {
	var lost lostError
	return errors.As(err, &lost)
}

// lost is the error of a run whose group has failed.
func (r *run) lost(err error) error {
	return lostError{r.stopped(err), true}
}

// stopped says where the error of an update leaves the run.
func (r *run) stopped(err error) error {
	return fmt.Errorf("train: stopped before update %d: %w; %s", r.step+1, err, r.held())
}

// held says where the last checkpoint is.
func (r *run) held() string {
	if r.leads() {
		return fmt.Sprintf("%s holds update %d", CheckpointPath(r.Out), r.saved)
	}
	return fmt.Sprintf("rank 0 has the last checkpoint, in its %s", r.Out)
}
