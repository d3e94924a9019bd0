package amdim

import (
	"context"
	"errors"
	"image"
	"maps"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/amdim/amdim/internal/looks"
)

// await returns when n queries wait.
func (w *queries) await(n int) {
	for {
		w.mu.Lock()
		there := len(w.waiting)
		w.mu.Unlock()
		if there == n {
			return
		}
		runtime.Gosched()
	}
}

func TestCallsThatWaitAreEncodedInOneBatch(t *testing.T) {
	m, ctx := open(t, Options{}), context.Background()
	alone := open(t, Options{})
	m.queries.turn <- struct{}{}
	var all sync.WaitGroup
	for i := range 5 {
		all.Go(func() {
			images := slices.Repeat([]image.Image{photo(i % 4)}, i%2+1)
			got, err := m.Embed(ctx, images...)
			if err != nil {
				t.Error(err)
				return
			}
			want, err := alone.Embed(ctx, images...)
			if err != nil || !slices.EqualFunc(got, want, slices.Equal) {
				t.Errorf("call %d: other numbers, %v", i, err)
			}
		})
	}
	m.queries.await(5)
	m.queries.turn.Leave()
	all.Wait()
	if got := slices.Sorted(maps.Keys(m.forwards)); !slices.Equal(got, []int{8}) {
		t.Errorf("compiled for %d: the seven images were not encoded at once", got)
	}
}

func TestTheFirstQueriesAreTakenAsFarAsTheyFit(t *testing.T) {
	for _, c := range []struct{ waiting, first, second []int }{
		{[]int{1}, []int{1}, nil},
		{[]int{1, 62, 1, 1}, []int{1, 62, 1}, []int{1}},
		{[]int{64, 1, 2}, []int{64}, []int{1, 2}},
		{[]int{60, 8, 1}, []int{60}, []int{8, 1}}, // in order: the last must not overtake
	} {
		var w queries
		for _, n := range c.waiting {
			w.add(&query{n: n})
		}
		for _, want := range [][]int{c.first, c.second} {
			var got []int
			if len(w.waiting) > 0 {
				for _, q := range w.take(64) {
					got = append(got, q.n)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("of %d: %d, want %d", c.waiting, got, want)
			}
		}
	}
}

func TestACallThatWaitsCanBeGivenUp(t *testing.T) {
	m := open(t, Options{})
	m.queries.turn <- struct{}{}
	defer m.queries.turn.Leave()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { _, err := m.Embed(ctx, photo(1)); ended <- err }()
	m.queries.await(1)
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) || len(m.queries.waiting) > 0 {
		t.Errorf("%v, and %d wait", err, len(m.queries.waiting))
	}
}

// questions are queries for one image each.
func questions(m *Model, n int) []*query {
	all := make([]*query, n)
	for i := range all {
		all[i] = &query{pixels: make([]uint8, m.Px()*m.Px()*3), n: 1, done: make(chan struct{})}
	}
	return all
}

// The call that encodes for others may be given up meanwhile.
func TestABatchDoesNotEndWithOneOfItsCalls(t *testing.T) {
	for _, n := range []int{1, 3, 64} { // beside 64 the call has no room
		m := open(t, Options{})
		batch := questions(m, n)
		if n == 64 {
			batch = []*query{{pixels: make([]uint8, n*m.Px()*m.Px()*3), n: n, done: make(chan struct{})}}
		}
		for _, q := range batch {
			m.queries.add(q)
		}
		_, err := m.encode(looks.After(1), make([]uint8, m.Px()*m.Px()*3), 1)
		if given := n == 64; errors.Is(err, context.Canceled) != given {
			t.Errorf("the call beside %d: %v", n, err)
		}
		for _, q := range batch {
			if <-q.done; q.err != nil || len(q.vector) != q.n*m.Dim() {
				t.Errorf("of %d: %v, %d numbers", n, q.err, len(q.vector))
			}
		}
	}
}

func TestACallAloneEndsWithItsContext(t *testing.T) {
	m := open(t, Options{})
	_, err := m.encode(looks.After(1), make([]uint8, m.Px()*m.Px()*3), 1)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestAPanicEndsTheCallsOfItsBatch(t *testing.T) {
	m := open(t, Options{})
	batch := questions(m, 3)
	batch[1].pixels = batch[1].pixels[:5]
	func() {
		defer func() {
			if recover() == nil {
				t.Error("a batch of half an image is encoded")
			}
		}()
		m.encodeTogether(context.Background(), batch)
	}()
	for _, q := range batch {
		<-q.done
		if !errors.Is(q.err, errElsewhere) {
			t.Error(q.err)
		}
	}
	if v, err := m.Embed(context.Background(), photo(1)); err != nil || len(v) != 1 {
		t.Errorf("afterwards: %v", err)
	}
}
