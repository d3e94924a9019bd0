package parallel

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

func TestCheckThreadsKnowsTheRange(t *testing.T) {
	for n, ok := range map[int]bool{-1: false, 0: true, 1: true, MostThreads: true, MostThreads + 1: false} {
		if err := CheckThreads(n); (err == nil) != ok {
			t.Errorf("%d threads: %v", n, err)
		}
	}
}

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

// Items that have begun end before For returns, also when another one panics.
func TestForWaitsForAllItemsThatHaveBegun(t *testing.T) {
	for _, threads := range []int{1, 2, 5} {
		p := New(threads)
		for round := range 200 {
			var begun, ended atomic.Int64
			func() {
				defer func() { recover() }()
				p.For(20, func(_, i int) {
					begun.Add(1)
					if i == round%20 {
						ended.Add(1)
						panic(i)
					}
					runtime.Gosched()
					ended.Add(1)
				})
			}()
			if b, e := begun.Load(), ended.Load(); b != e || b == 0 {
				t.Fatalf("%d threads: %d items have begun and %d ended", threads, b, e)
			}
		}
		p.Close()
	}
}

// Loops follow each other at once, or after the helpers have gone to sleep.
func TestHelpersTakePartWhetherTheySleepOrNot(t *testing.T) {
	p := New(2)
	defer p.Close()
	for round := range 20 {
		if round%2 == 0 {
			await(t, "the helper sleeps", p.helpers[0].asleep.Load)
		}
		var both atomic.Int64
		p.For(2, func(int, int) { // neither item ends alone
			both.Add(1)
			await(t, "both items have begun", func() bool { return both.Load() == 2 })
		})
	}
}

// await lets others run until something is so, and gives up after many seconds.
func await(t *testing.T, what string, so func() bool) {
	for range 100_000_000 {
		if so() {
			return
		}
		runtime.Gosched()
	}
	t.Errorf("%s: never", what)
}

func TestPoolKeepsNothingThatABodyHolds(t *testing.T) {
	p := New(2)
	defer p.Close()
	freed := make(chan bool, 1)
	func() {
		held := new([1 << 16]byte)
		runtime.AddCleanup(held, func(freed chan bool) { freed <- true }, freed)
		p.For(2, func(_, i int) { held[i] = 1 })
	}()
	for range 100 {
		runtime.GC()
		select {
		case <-freed:
			return
		default:
			runtime.Gosched()
		}
	}
	t.Error("what the body of the last loop held is still in memory")
}

// Two items of some 25 µs.
func BenchmarkFor(b *testing.B) {
	p := New(2)
	defer p.Close()
	for b.Loop() {
		p.For(2, func(int, int) {
			for began := time.Now(); time.Since(began) < 25*time.Microsecond; {
			}
		})
	}
}

func TestNewForStartsNoThreadsThatOnlyWait(t *testing.T) {
	for n, want := range map[int]int{0: 1, 1: 1, 3: 3, 9: 8} {
		p := NewFor(n, 8)
		if got := p.Threads(); got != want {
			t.Errorf("%d threads for %d pieces, want %d", got, n, want)
		}
		p.Close()
	}
}

func TestNewPanicsForThreadsThatNoMachineHas(t *testing.T) {
	for _, threads := range []int{-1, MostThreads + 1} {
		func() {
			want := fmt.Sprintf("parallel: New: threads = %d, need 0 to 4096", threads)
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panic %v, want %q", got, want)
				}
			}()
			New(threads).Close()
		}()
	}
}
