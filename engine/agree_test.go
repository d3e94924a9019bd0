package engine_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/enginetest"
)

// inAll calls f for every member of a group at once; one that returns leaves.
func inAll(members []*enginetest.Member, f func(g engine.Group) error) []error {
	errs := make([]error, len(members))
	var done sync.WaitGroup
	for rank, m := range members {
		done.Go(func() {
			defer m.Leave()
			errs[rank] = f(m)
		})
	}
	done.Wait()
	return errs
}

func TestAllGoOnOrNobodyDoes(t *testing.T) {
	small, torn := errors.New("out of memory"), fmt.Errorf("data: read a.jpg: %w", errors.New("cut off"))
	stop := fmt.Errorf("train: %w", context.Canceled)
	for _, c := range []struct {
		name    string
		own     []error
		want    string // of those that have no error
		stopped bool
	}{
		{name: "nobody refuses", own: []error{nil, nil, nil}},
		{name: "the first", own: []error{small, nil, nil}, want: "rank 0: out of memory"},
		{name: "the last", own: []error{nil, nil, torn}, want: "rank 2: data: read a.jpg: cut off"},
		{name: "two", own: []error{nil, torn, small, nil}, want: "rank 1: data: read a.jpg: cut off"},
		{name: "all", own: []error{small, torn}},
		{name: "a context", own: []error{nil, stop}, want: "rank 1: train: context canceled", stopped: true},
		{name: "a deadline", own: []error{context.DeadlineExceeded, nil},
			want: "rank 0: context deadline exceeded", stopped: true},
		{name: "a word", own: []error{nil, errors.New("full")}, want: "rank 1: full"},
		{name: "an error without a text", own: []error{errors.New(""), nil}, want: "rank 0: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			errs := inAll(enginetest.Groups(len(c.own)), func(g engine.Group) error {
				return engine.Agree(g, c.own[g.Rank()])
			})
			for rank, err := range errs {
				var peer *engine.PeerError
				switch {
				case c.own[rank] != nil || c.want == "":
					if err != c.own[rank] {
						t.Errorf("rank %d: %v, want its own error %v", rank, err, c.own[rank])
					}
				case !errors.As(err, &peer) || err.Error() != c.want || errors.Is(err, context.Canceled) != c.stopped:
					t.Errorf("rank %d: %v, want %q", rank, err, c.want)
				}
			}
		})
	}
}

// Neither a process alone nor a group of one is asked.
func TestAProcessAloneAgreesWithItself(t *testing.T) {
	one := enginetest.Groups(1)[0]
	one.FailAt(1)
	for name, g := range map[string]engine.Group{"none": nil, "one": one} {
		for _, own := range []error{nil, errors.New("wrong")} {
			if err := engine.Agree(g, own); err != own {
				t.Errorf("%s: %v, want %v", name, err, own)
			}
		}
	}
}

// A process keeps its own error; the others get that of the group, in any call.
func TestAgreeInAGroupThatIsLost(t *testing.T) {
	own := errors.New("wrong")
	for n := 1; n <= 2; n++ {
		members := enginetest.Groups(2)
		members[0].FailAt(n)
		errs := inAll(members, func(g engine.Group) error {
			if g.Rank() == 1 {
				return engine.Agree(g, own)
			}
			return engine.Agree(g, nil)
		})
		var peer *engine.PeerError
		if errs[1] != own || errs[0] == nil || errors.As(errs[0], &peer) {
			t.Errorf("call %d fails: %v, want that of the group and %v", n, errs, own)
		}
	}
}

// While nobody refuses a call is one message, of one value.
func TestAgreeIsOneSumOfOneValue(t *testing.T) {
	for rank, err := range inAll(enginetest.Groups(2), func(g engine.Group) error {
		if g.Rank() == 1 {
			return errors.Join(g.Sum([]float32{0}), g.Sum([]float32{0, 0}))
		}
		return errors.Join(engine.Agree(g, nil), g.Sum([]float32{0, 0}))
	}) {
		if err != nil {
			t.Errorf("rank %d: %v", rank, err)
		}
	}
}

func TestAProcessThatDoesNotSayWhy(t *testing.T) {
	errs := inAll(enginetest.Groups(2), func(g engine.Group) error {
		if g.Rank() == 0 {
			return engine.Agree(g, nil)
		}
		lost := g.Sum([]float32{1})
		_, err := g.Exchange("")
		return errors.Join(lost, err)
	})
	if errs[0] == nil || errs[1] != nil {
		t.Errorf("%v, want an error of rank 0", errs)
	}
}
