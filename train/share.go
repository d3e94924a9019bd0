package train

import (
	"encoding/json"
)

// standing is what the first process tells the others about the run.
type standing struct {
	Given      bool         `json:"given"` // its weights are not those of the seed
	Step       int          `json:"step"`
	Since      int          `json:"since"`      // updates made when it took its present schedule
	Warmup     int          `json:"warmup"`     // updates, of its first schedule
	Unreadable []Unreadable `json:"unreadable"` // as listed so far
	Allowed    int          `json:"allowed"`    // images that may be unreadable
}

// share brings the other processes to where the first one stands, so that they
// need not see its folder.
func (r *run) share() error {
	if r.all.Size() == 1 {
		return nil
	}
	if err := r.shareStanding(); err != nil {
		return notBegun(err)
	}
	return nil
}

func (r *run) shareStanding() error {
	text, err := json.Marshal(standing{
		Given: r.Resume || r.origin != nil, Step: r.step, Since: r.since, Warmup: r.schedule.Warmup,
		Unreadable: r.bad.listed, Allowed: r.bad.allowed,
	})
	if err != nil {
		return err
	}
	texts, err := r.all.Exchange(string(text))
	if err != nil {
		return err
	}
	var first standing
	if err := json.Unmarshal([]byte(texts[0]), &first); err != nil {
		return err
	}
	r.step, r.bad.allowed = first.Step, first.Allowed
	r.since, r.schedule.Warmup = first.Since, first.Warmup
	if !r.leads() {
		r.bad.takeOver(first.Unreadable)
	}
	if !first.Given {
		return nil // the seed gave all of them the same weights
	}
	return r.shareState()
}

// shareState sets the state of the others to that of the first process: zeros are
// added to it.
func (r *run) shareState() error {
	return r.state.Each(func(name string, v []float32) error {
		x := make([]float32, len(v))
		if r.leads() {
			copy(x, v)
		}
		if err := r.all.Sum(x); err != nil {
			return err
		}
		return r.state.Set(name, x) // in all: −0 + 0 is 0
	})
}
