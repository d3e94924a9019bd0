package parallel

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

// Pool is a fixed set of workers. One For runs at a time; For must not be
// called from inside a loop body of the same pool.
type Pool struct {
	threads int
	helpers []*helper // the caller is worker 0
	current atomic.Pointer[loop]
	closed  loop // current when the pool is closed
	polls   int  // before a waiting worker goes to sleep
	done    sync.WaitGroup
}

// helper is a worker other than the caller of For.
type helper struct {
	asleep atomic.Bool
	wake   chan struct{} // holds one
}

// A waiting worker polls for about 0.1 ms before it sleeps: being woken takes as long,
// and the loops of an update follow each other faster.
const (
	lookouts = 200
	breath   = 16 // PAUSE instructions between polls
	courtesy = 32 // polls after which others may have the thread
)

// MostThreads is above the cores of any machine: a mistyped number would start them all.
const MostThreads = 4096

// CheckThreads returns an error for a number that is neither 0 nor one of threads to start.
func CheckThreads(n int) error {
	if n < 0 || n > MostThreads {
		return fmt.Errorf("threads = %d, need 0 to %d", n, MostThreads)
	}
	return nil
}

// New starts a pool of the given number of threads; 0 means GOMAXPROCS. A number that
// CheckThreads refuses, which could take all memory, panics.
func New(threads int) *Pool {
	if err := CheckThreads(threads); err != nil {
		panic(fmt.Sprintf("parallel: New: %v", err))
	}
	if threads == 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	p := &Pool{threads: threads}
	if threads <= runtime.GOMAXPROCS(0) { // else a polling worker would be in the way of working ones
		p.polls = lookouts
	}
	for w := 1; w < threads; w++ {
		h := &helper{wake: make(chan struct{}, 1)}
		p.helpers = append(p.helpers, h)
		p.done.Go(func() { p.help(h, w) })
	}
	return p
}

// NewFor starts a pool for n pieces of work: New, but without threads that would only wait.
func NewFor(n, threads int) *Pool {
	if threads == 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	if threads > 0 { // else New refuses it
		threads = max(1, min(n, threads))
	}
	return New(threads)
}

// Threads is the number of workers, including the caller of For.
func (p *Pool) Threads() int { return p.threads }

// For calls body(worker, i) once for every i in [0, n), in any order, and
// returns when all calls have. worker is in [0, Threads()): a body may use it
// to pick scratch memory. The first panic in a body is raised again in the caller, as a
// *Panic. If a body ends its goroutine (runtime.Goexit, or FailNow of a test), items
// not yet started are left out and the caller's goroutine ends too.
func (p *Pool) For(n int, body func(worker, i int)) {
	if n <= 0 {
		return
	}
	l := &loop{n: n, body: body}
	l.wait.Add(1)
	if n > 1 {
		p.begin(l, n-1)
	}
	defer p.end(l) // deferred: a body may end this goroutine
	l.run(0)
}

// end waits until all items of a loop have ended, and does to the caller of For what a
// body did to its worker.
func (p *Pool) end(l *loop) {
	p.poll(func() bool { return l.done.Load() == int64(l.n) })
	l.wait.Wait()
	l.body = nil // current stays, but what the body holds need not
	switch {
	case l.panic != nil:
		panic(l.panic)
	case l.exited:
		runtime.Goexit()
	}
}

// begin gives helpers a loop, waking up to most of them.
func (p *Pool) begin(l *loop, most int) {
	p.current.Store(l)
	for _, h := range p.helpers[:min(most, len(p.helpers))] {
		if h.asleep.CompareAndSwap(true, false) {
			h.wake <- struct{}{}
		}
	}
}

// Close stops the workers and waits for them.
func (p *Pool) Close() {
	p.begin(&p.closed, len(p.helpers))
	p.helpers = nil
	p.done.Wait()
}

// help runs loops until the pool is closed. If a body ends the goroutine, another takes
// its place.
func (p *Pool) help(h *helper, worker int) {
	var last *loop
	defer func() {
		if last != &p.closed {
			p.done.Go(func() { p.help(h, worker) })
		}
	}()
	for {
		if last = p.next(h, last); last == &p.closed {
			return
		}
		last.run(worker)
	}
}

// next waits for a loop other than the last one. It may have ended in the meantime:
// then it has no items left.
func (p *Pool) next(h *helper, last *loop) *loop {
	if p.poll(func() bool { return p.current.Load() != last }) {
		return p.current.Load()
	}
	h.asleep.Store(true)
	if l := p.current.Load(); l != last && h.asleep.CompareAndSwap(true, false) {
		return l // given before this worker was known to sleep
	}
	<-h.wake
	return p.current.Load()
}

// poll checks for a while whether a condition holds.
func (p *Pool) poll(is func() bool) bool {
	for i := range p.polls {
		if is() {
			return true
		}
		if i%courtesy == courtesy-1 {
			runtime.Gosched()
		}
		pause(breath)
	}
	return is()
}

// loop is one call of For.
type loop struct {
	n      int
	next   atomic.Int64 // next item to start
	done   atomic.Int64 // items that have ended
	wait   sync.WaitGroup
	body   func(worker, i int)
	mu     sync.Mutex
	panic  *Panic // first panic of a worker, re-raised in For
	exited bool   // a body ended its goroutine
}

// run runs items until all have been started.
func (l *loop) run(worker int) {
	over := false
	defer func() {
		if !over {
			l.fail(recover())
		}
	}()
	for {
		i := int(l.next.Add(1)) - 1
		if i >= l.n {
			over = true
			return
		}
		l.body(worker, i)
		l.ended(1)
	}
}

// fail ends the item that did not return and those not yet started. Without a reason its
// goroutine is ending.
func (l *loop) fail(reason any) {
	l.mu.Lock()
	if reason == nil {
		l.exited = true
	} else if l.panic == nil {
		l.panic = panicOf(reason)
	}
	l.mu.Unlock()
	begun := min(int(l.next.Swap(int64(l.n))), l.n)
	l.ended(1 + l.n - begun)
}

func (l *loop) ended(items int) {
	if l.done.Add(int64(items)) == int64(l.n) {
		l.wait.Done()
	}
}
