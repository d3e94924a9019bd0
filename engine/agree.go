package engine

import (
	"cmp"
	"fmt"
	"strings"
)

// Agree is called by every process of g (nil for a lone process) with the error of
// its own work, if any: no process begins what another refuses, because it would
// wait for that one for ever. It returns err; if that is nil, a *PeerError for the
// first process, by rank, that has an error; otherwise nil, and all go on. Any
// other error is that of the group. It costs one Sum of one value, plus an exchange
// of texts if a process refuses.
func Agree(g Group, err error) error {
	if g == nil || g.Size() == 1 {
		return err
	}
	refuse, text := []float32{0}, ""
	if err != nil {
		refuse[0], text = 1, fmt.Sprintf("%t %v", IsStop(err), err)
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
