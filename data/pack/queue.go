package pack

import (
	"sync"

	"github.com/amdim/amdim/tensor"
)

// decoded is an image, or why there is none.
type decoded struct {
	img tensor.Image
	err error
}

// queue passes images on in order, however they arrive, so the bytes of a pack
// do not depend on the number of workers. It holds a bounded number.
type queue struct {
	mu      sync.Mutex
	moved   *sync.Cond // next has grown, or there is an error
	next    int        // to be passed on
	ahead   int        // how many may wait after it
	waiting map[int]decoded
	take    func(i int, d decoded) error // called for one image after another
	err     error                        // of take, or of fail
}

func newQueue(next, ahead int, take func(i int, d decoded) error) *queue {
	q := &queue{next: next, ahead: ahead, waiting: map[int]decoded{}, take: take}
	q.moved = sync.NewCond(&q.mu)
	return q
}

// put waits until there is room for image i. Images must be started in order, or
// the next one might never come.
func (q *queue) put(i int, d decoded) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.err == nil && i >= q.next+q.ahead {
		q.moved.Wait()
	}
	q.waiting[i] = d
	for q.err == nil {
		d, ok := q.waiting[q.next]
		if !ok {
			break
		}
		delete(q.waiting, q.next)
		if q.err = q.take(q.next, d); q.err == nil {
			q.next++
		}
	}
	q.moved.Broadcast()
}

// fail ends the queue: nothing more is passed on.
func (q *queue) fail(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.err == nil {
		q.err = err
	}
	q.moved.Broadcast()
}

// failed is the first error.
func (q *queue) failed() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.err
}
