package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Pool is a fixed set of workers. One For runs at a time; For must not be
// called from inside a loop body of the same pool.
type Pool struct {
	threads int
	work    []chan *loop // one per helper goroutine; the caller is worker 0
	done    sync.WaitGroup
}

type loop struct {
	n     int
	next  atomic.Int64
	body  func(worker, i int)
	wait  sync.WaitGroup
	mu    sync.Mutex
	panic any // first panic of a worker, re-raised in For
}

// New starts a pool of the given number of threads; 0 means GOMAXPROCS.
func New(threads int) *Pool {
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	p := &Pool{threads: threads}
	for w := 1; w < threads; w++ {
		c := make(chan *loop)
		p.work = append(p.work, c)
		p.done.Go(func() {
			for l := range c {
				l.run(w)
				l.wait.Done()
			}
		})
	}
	return p
}

// Threads is the number of workers, the caller of For included.
func (p *Pool) Threads() int { return p.threads }

// For calls body(worker, i) once for every i in [0, n), in any order, and
// returns when all calls have. worker is in [0, Threads()): a body may use it
// to pick scratch memory. A panic in a body is raised again in the caller.
func (p *Pool) For(n int, body func(worker, i int)) {
	l := &loop{n: n, body: body}
	for w := 0; w < len(p.work) && w < n-1; w++ {
		l.wait.Add(1)
		p.work[w] <- l
	}
	l.run(0)
	l.wait.Wait()
	if l.panic != nil {
		panic(l.panic)
	}
}

// Close stops the workers and waits for them.
func (p *Pool) Close() {
	for _, c := range p.work {
		close(c)
	}
	p.work = nil
	p.done.Wait()
}

func (l *loop) run(worker int) {
	defer func() {
		if r := recover(); r != nil {
			l.mu.Lock()
			defer l.mu.Unlock()
			if l.panic == nil {
				l.panic = r
			}
			l.next.Store(int64(l.n))
		}
	}()
	for {
		i := int(l.next.Add(1)) - 1
		if i >= l.n {
			return
		}
		l.body(worker, i)
	}
}
