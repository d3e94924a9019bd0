package survey

import "sync/atomic"

// forest joins images into groups, from several goroutines at once. An image leads
// to one of a lower number of its group, the first of a group to itself, so that
// groups do not depend on the order of joins. Nothing waits: whoever comes too late
// looks again, as in Anderson and Woll 1991, "Wait-free Parallel Algorithms for the
// Union-Find Problem", section 3.
type forest []atomic.Int32

func newForest(n int) forest {
	f := make(forest, n)
	for i := range f {
		f[i].Store(int32(i))
	}
	return f
}

// root is the first image of the group of i, as far as it is joined.
func (f forest) root(i int32) int32 {
	for {
		up := f[i].Load()
		if up == i {
			return i
		}
		above := f[up].Load()
		if above != up {
			f[i].Store(above) // halves the path
		}
		i = above
	}
}

// joined reports whether two images are known to be in one group: groups only grow.
func (f forest) joined(i, j int32) bool { return f.root(i) == f.root(j) }

// join makes the groups of two images one.
func (f forest) join(i, j int32) {
	for {
		a, b := f.root(i), f.root(j)
		if a == b || f[max(a, b)].CompareAndSwap(max(a, b), min(a, b)) {
			return
		}
	}
}
