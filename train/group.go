package train

import (
	"context"
	"encoding/json"
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

// leads reports whether this process keeps the run: it alone writes.
func (o Options) leads() bool { return o.members().Rank() == 0 }

// Agree is called by every process of a group with the error of its own work, nil
// where there is none. It returns that error, else that of the first process that
// has one, which it names: either all go on or none does. Run begins so; a process
// that cannot come as far as Run calls Agree in its place.
func Agree(g engine.Group, err error) error {
	if g == nil {
		return err
	}
	words, lost := exchange(g, newWord(err))
	switch {
	case err != nil:
		return err
	case lost != nil:
		return notBegun(lost)
	}
	return firstError(words)
}

// notBegun is the error of a group that fails before the first update.
func notBegun(err error) error {
	return fmt.Errorf("train: before the first update: %w: a process failed or was lost: start all again", err)
}

// word is what a process tells the others of itself.
type word struct {
	Error      string       `json:"error,omitempty"`
	Stopped    bool         `json:"stopped,omitempty"` // Error is that of its context
	Unreadable []Unreadable `json:"unreadable,omitempty"`
}

func newWord(err error) word {
	if err == nil {
		return word{}
	}
	stopped := errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
	return word{Error: err.Error(), Stopped: stopped}
}

// exchange returns the words of all processes in order of rank.
func exchange(g engine.Group, w word) ([]word, error) {
	text, err := json.Marshal(w)
	if err != nil {
		return nil, err
	}
	texts, err := g.Exchange(string(text))
	if err != nil {
		return nil, err
	}
	words := make([]word, len(texts))
	for rank, text := range texts {
		if err := json.Unmarshal([]byte(text), &words[rank]); err != nil {
			return nil, fmt.Errorf("rank %d says %.40q: is it another program? %w", rank, text, err)
		}
	}
	return words, nil
}

// firstError is that of the first process that has one.
func firstError(words []word) error {
	for rank, w := range words {
		if w.Error != "" {
			return &peerError{rank, w}
		}
	}
	return nil
}

// peerError is the error of another process.
type peerError struct {
	rank int
	word word
}

func (e *peerError) Error() string { return fmt.Sprintf("rank %d: %s", e.rank, e.word.Error) }

// Is makes all processes of a run that is stopped end alike.
func (e *peerError) Is(target error) bool { return e.word.Stopped && target == context.Canceled }
