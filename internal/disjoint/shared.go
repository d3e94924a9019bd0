package disjoint

import "sync/atomic"

// Shared are disjoint sets of the elements 0, 1, … that several goroutines join at once.
// An element leads to a lower one of its set, the least to itself, so that sets do not
// depend on the order of joins. Nothing waits: whoever comes too late looks again, as in
// Anderson and Woll 1991, "Wait-free Parallel Algorithms for the Union-Find Problem",
// section 3.
type Shared []atomic.Int32

// NewShared is n sets of one element each.
func NewShared(n int) Shared {
	s := make(Shared, n)
	for i := range s {
		s[i].Store(int32(i))
	}
	return s
}

// Root is the least element of the set of i, as far as it is joined.
func (s Shared) Root(i int32) int32 {
	for {
		up := s[i].Load()
		if up == i {
			return i
		}
		above := s[up].Load()
		if above != up {
			s[i].Store(above) // halves the path
		}
		i = above
	}
}

// Joined reports whether two elements are known to be in one set: sets only grow.
func (s Shared) Joined(i, j int32) bool { return s.Root(i) == s.Root(j) }

// Join makes the sets of two elements one.
func (s Shared) Join(i, j int32) {
	for {
		a, b := s.Root(i), s.Root(j)
		if a == b || s[max(a, b)].CompareAndSwap(max(a, b), min(a, b)) {
			return
		}
	}
}
