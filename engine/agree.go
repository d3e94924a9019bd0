package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
)

// Agree is called by every process of g, nil for a process alone, with the error of
// its own work, nil where there is none: no process begins what another refuses, as
// it would wait for that one for ever. It returns err; where that is nil, a
// *PeerError of the first process, by rank, that has one; else nil, and all go on.
// Any other error is that of the group. It is one Sum of one value, and an exchange
// of texts where a process refuses.
func Agree(g Group, err error) error {
	if g == nil || g.Size() == 1 {
		return err
	}
	refuse, text := []float32{0}, ""
	if err != nil {
		refuse[0], text = 1, fmt.Sprintf("%t %v", isStop(err), err)
	}
	if lost := g.Sum(refuse); lost != nil || refuse[0] == 0 {
		return cmp.Or(err, lost)
	}
	texts, lost := g.Exchange(text)
	if err != nil || lost != nil {
		return cmp.Or(err, lost)
	}
	for rank, text := range texts {
		if stopped, text, refuses := strings.Cut(text, " "); refuses {
			return &PeerError{Rank: rank, Text: text, Stopped: stopped == "true"}
		}
	}
	return fmt.Errorf("engine: %g processes refuse and do not say why", refuse[0])
}

// isStop reports whether err is that of a context.
func isStop(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
