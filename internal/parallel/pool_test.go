package parallel

import (
	"sync/atomic"
	"testing"
)

func TestForVisitsEachIndexOnce(t *testing.T) {
	for _, threads := range []int{1, 2, 3, 7} {
		p := New(threads)
		for _, n := range []int{0, 1, 2, 6, 7, 8, 1000} {
			count := make([]atomic.Int32, n)
			p.For(n, func(worker, i int) {
				if worker < 0 || worker >= threads {
					t.Errorf("worker %d of %d", worker, threads)
				}
				count[i].Add(1)
			})
			for i := range count {
				if c := count[i].Load(); c != 1 {
					t.Errorf("%d threads, n %d: index %d visited %d times", threads, n, i, c)
				}
			}
		}
		p.Close()
	}
}

func TestForRaisesThePanicOfABody(t *testing.T) {
	p := New(3)
	defer p.Close()
	defer func() {
		if r := recover(); r != "body" {
			t.Errorf("recovered %v", r)
		}
		p.For(4, func(int, int) {}) // the pool still works
	}()
	p.For(100, func(_, i int) {
		if i == 50 {
			panic("body")
		}
	})
}
