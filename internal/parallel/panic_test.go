package parallel

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"
)

// caught is what a call panics with.
func caught(call func()) (reason any) {
	defer func() { reason = recover() }()
	call()
	return nil
}

func failing(value any) { panic(value) }

func TestForRaisesThePanicOfABodyWithItsStack(t *testing.T) {
	for _, threads := range []int{1, 3} {
		p := New(threads)
		for _, value := range []any{"body", io.ErrUnexpectedEOF} {
			reason := caught(func() {
				p.For(100, func(_, i int) {
					if i == 50 {
						failing(value)
					}
				})
			})
			raised, ok := reason.(*Panic)
			if !ok || raised.Value != value {
				t.Fatalf("%d threads: recovered %v, want %v", threads, reason, value)
			}
			if said := fmt.Sprint(reason); !strings.HasPrefix(said, fmt.Sprint(value, "\n")) ||
				!strings.Contains(said, "parallel.failing(") {
				t.Errorf("%d threads: the message does not say what panicked and where: %s", threads, said)
			}
			if err, is := value.(error); is && !errors.Is(raised, err) {
				t.Errorf("%d threads: %v is not %v", threads, raised, err)
			}
			p.For(4, func(int, int) {}) // the pool still works
		}
		p.Close()
	}
}

func TestAPanicOfALoopInsideABodyKeepsItsStack(t *testing.T) {
	outer, inner := New(2), New(2)
	defer outer.Close()
	defer inner.Close()
	reason := caught(func() {
		outer.For(1, func(int, int) { inner.For(2, func(int, int) { failing("inner") }) })
	})
	p, ok := reason.(*Panic)
	if !ok || p.Value != "inner" || !strings.Contains(string(p.Stack), "parallel.failing(") {
		t.Errorf("recovered %v", reason)
	}
}

func TestABodyThatEndsItsGoroutineEndsThatOfFor(t *testing.T) {
	for _, threads := range []int{1, 2, 5} {
		p := New(threads)
		for round := range 100 {
			var begun, ended, returned atomic.Int64
			over := make(chan bool)
			go func() {
				defer close(over)
				p.For(20, func(_, i int) {
					begun.Add(1)
					defer ended.Add(1)
					if i == round%20 {
						new(testing.T).SkipNow()
					}
				})
				returned.Add(1)
			}()
			<-over
			if b, e := begun.Load(), ended.Load(); b != e || b == 0 || returned.Load() != 0 {
				t.Fatalf("%d threads: %d items have begun, %d ended, For returned: %d", threads, b, e, returned.Load())
			}
		}
		everyWorkerHelps(t, p)
		p.Close()
	}
}

// everyWorkerHelps runs items that wait until each worker has one.
func everyWorkerHelps(t *testing.T, p *Pool) {
	t.Helper()
	var here atomic.Int64
	all := make(chan bool)
	workers := make([]int, p.Threads())
	p.For(p.Threads(), func(worker, _ int) {
		workers[worker]++
		if here.Add(1) == int64(p.Threads()) {
			close(all)
		}
		<-all
	})
	for w, n := range workers {
		if n != 1 {
			t.Errorf("worker %d had %d items", w, n)
		}
	}
}
