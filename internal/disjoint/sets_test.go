package disjoint

import (
	"math/rand/v2"
	"sync"
	"testing"
)

// Whatever the order of joins, the root is the least element that is connected.
func TestRootsAreTheLeastConnectedElements(t *testing.T) {
	const n = 500
	r := rand.New(rand.NewPCG(1, 0))
	var joins [][2]int32
	for range n / 2 {
		joins = append(joins, [2]int32{r.Int32N(n), r.Int32N(n)})
	}
	want := make([]int32, n)
	for i := range want {
		want[i] = int32(i)
	}
	for range n {
		for _, j := range joins {
			least := min(want[j[0]], want[j[1]])
			want[j[0]], want[j[1]] = least, least
		}
	}
	f, one := NewShared(n), New(n)
	var wait sync.WaitGroup
	for part := range 4 {
		wait.Go(func() {
			for i := part; i < len(joins); i += 4 {
				f.Join(joins[i][0], joins[i][1])
			}
		})
	}
	wait.Wait()
	for _, j := range joins {
		if root := one.Join(j[0], j[1]); root != one.Root(j[0]) || root != one.Root(j[1]) {
			t.Errorf("joining %d gives %d", j, root)
		}
	}
	for i := range int32(n) {
		if got, alone := f.Root(i), one.Root(i); got != want[i] || alone != want[i] {
			t.Errorf("root of %d is %d, in one goroutine %d, want %d", i, got, alone, want[i])
		}
	}
	if f.Joined(0, 1) != (want[0] == want[1]) || !f.Joined(joins[0][0], joins[0][1]) {
		t.Error("Joined is not what Root says")
	}
}
