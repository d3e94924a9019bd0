package enginetest

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/amdim/amdim/internal/parallel"
)

// Member is one of a group whose processes are goroutines of one. It implements
// engine.Group: sums are taken in order of rank.
type Member struct {
	hub   *hub
	rank  int
	calls int // made so far
	fails int // the call that will; 0: none
}

// hub is where the members of a group meet.
type hub struct {
	mu    sync.Mutex
	moved *sync.Cond // err is set, or a round is done
	err   error
	size  int
	round *round
}

// round is one call, made by every member.
type round struct {
	given []any // by rank
	calls []string
	in    int // members that made it
}

// Groups makes a group of n members. No call waits for ever: one that differs
// between members, in method or length, is an error in all of them, and so is one
// that would wait for a member that has left.
func Groups(n int) []*Member {
	h := &hub{size: n}
	h.moved = sync.NewCond(&h.mu)
	h.next()
	members := make([]*Member, n)
	for rank := range members {
		members[rank] = &Member{hub: h, rank: rank}
	}
	return members
}

// Leave ends the membership: whoever waits for this member gets an error.
func (m *Member) Leave() {
	m.hub.mu.Lock()
	defer m.hub.mu.Unlock()
	m.hub.fail(fmt.Errorf("process %d has left", m.rank))
}

// FailAt lets the n-th call of this member fail, and with it all calls of the group
// that are not done.
func (m *Member) FailAt(n int) { m.fails = n }

// Rank implements engine.Group.
func (m *Member) Rank() int { return m.rank }

// Size implements engine.Group.
func (m *Member) Size() int { return m.hub.size }

// Sum implements engine.Group.
func (m *Member) Sum(v []float32) error {
	all, err := m.meet(fmt.Sprintf("Sum of %d", len(v)), slices.Clone(v))
	if err != nil {
		return err
	}
	clear(v)
	for _, x := range all {
		for i, x := range x.([]float32) {
			v[i] += x
		}
	}
	return nil
}

// Gather implements engine.Group.
func (m *Member) Gather(out, v []float32) error {
	if len(out) != m.Size()*len(v) {
		return fmt.Errorf("gather %d values of %d processes in %d", len(v), m.Size(), len(out))
	}
	all, err := m.meet(fmt.Sprintf("Gather of %d", len(v)), slices.Clone(v))
	for rank, x := range all {
		copy(out[rank*len(v):], x.([]float32))
	}
	return err
}

// Exchange implements engine.Group.
func (m *Member) Exchange(text string) ([]string, error) {
	all, err := m.meet("Exchange", text)
	texts := make([]string, len(all))
	for rank, x := range all {
		texts[rank] = x.(string)
	}
	return texts, err
}

// meet waits until every member has made this call and returns what they gave.
func (m *Member) meet(call string, given any) ([]any, error) {
	h := m.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	if m.calls++; m.calls == m.fails {
		h.fail(fmt.Errorf("process %d fails in call %d", m.rank, m.calls))
	}
	if h.err != nil {
		return nil, h.err
	}
	r := h.round
	r.given[m.rank], r.calls[m.rank] = given, call
	r.in++
	if r.in == h.size {
		if slices.Max(r.calls) != slices.Min(r.calls) {
			h.fail(fmt.Errorf("the calls of the processes differ: %q", r.calls))
			return nil, h.err
		}
		h.next()
		h.moved.Broadcast()
	}
	for r.in < h.size && h.err == nil {
		h.moved.Wait()
	}
	if h.round == r { // not done
		return nil, h.err
	}
	return r.given, nil
}

// next begins another round.
func (h *hub) next() {
	h.round = &round{given: make([]any, h.size), calls: make([]string, h.size)}
}

// fail ends the group with its first error.
func (h *hub) fail(err error) {
	if h.err == nil {
		h.err = err
	}
	h.moved.Broadcast()
}

// together runs f for every member at once. A member whose f ends, by a failure or
// otherwise, leaves.
func together(t *testing.T, members []*Member, f func(t *testing.T, m *Member)) {
	pool := parallel.New(len(members))
	defer pool.Close()
	pool.For(len(members), func(_, rank int) {
		t.Run(fmt.Sprintf("rank %d", rank), func(t *testing.T) {
			defer members[rank].Leave()
			f(t, members[rank])
		})
	})
}
