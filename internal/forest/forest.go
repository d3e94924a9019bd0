package forest

import "sync/atomic"

// Forest joins images into groups, from several goroutines at once. An image leads
// to one of a lower number of its group, the first of a group to itself, so that
// groups do not depend on the order of joins. Nothing waits: whoever comes too late
// looks again, as in Anderson and Woll 1991, "Wait-free Parallel Algorithms for the
// Union-Find Problem", section 3.
type Forest []atomic.Int32

// New is a forest of n images, each a group of its own.
func New(n int) Forest {
	f := make(Forest, n)
	for i := range f {
		f[i].Store(int32(i))
	}
	return f
}

// Root is the first image of the group of i, as far as it is joined.
func (f Forest) Root(i int32) int32 {
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

// Joined reports whether two images are known to be in one group: groups only grow.
func (f Forest) Joined(i, j int32) bool { return f.Root(i) == f.Root(j) }

// Join makes the groups of two images one.
func (f Forest) Join(i, j int32) {
	for {
		a, b := f.Root(i), f.Root(j)
		if a == b || f[max(a, b)].CompareAndSwap(max(a, b), min(a, b)) {
			return
		}
	}
}
